import {
  BigValueColorMode,
  BigValueGraphMode,
  GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common'
import { PanelBuilder as BarGauge } from '@grafana/grafana-foundation-sdk/bargauge'
import { PanelBuilder as Heatmap } from '@grafana/grafana-foundation-sdk/heatmap'
import {
  HeatmapColorMode,
  HeatmapColorOptionsBuilder,
  HeatmapTooltipBuilder,
  YAxisConfigBuilder,
} from '@grafana/grafana-foundation-sdk/heatmap'
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus'
import { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat'
import { PanelBuilder as StateTimeline } from '@grafana/grafana-foundation-sdk/statetimeline'
import { PanelBuilder as Table } from '@grafana/grafana-foundation-sdk/table'
import { PanelBuilder as TimeSeries } from '@grafana/grafana-foundation-sdk/timeseries'
import { thresholds } from './appearance.ts'
import { datasource } from './variables.ts'

/** What every panel has: words, a place in the grid (24 columns wide) and queries. */
export interface Content {
  readonly title: string
  readonly description: string
  readonly width: number
  readonly height: number
  /** Queries in order; they become refIds A, B, C … */
  readonly queries: readonly DataqueryBuilder[]
}

/** A {@link Content} whose values are all of one Grafana unit, such as `s` or `reqps`. */
export interface Numbers extends Content {
  readonly unit: string
}

/** A query over the dashboard's time range, one series per legend. */
export function series(expr: string, legend: string): DataqueryBuilder {
  return new DataqueryBuilder().expr(expr).legendFormat(legend).range()
}

/** A query for the present values. */
export function instant(expr: string, legend = '__auto'): DataqueryBuilder {
  return new DataqueryBuilder().expr(expr).legendFormat(legend).instant()
}

/** A query for the present values as rows, one column per label. */
export function rows(expr: string): DataqueryBuilder {
  return new DataqueryBuilder().expr(expr).format(PromQueryFormat.Table).instant()
}

/**
 * The last value as a large number, coloured only by the thresholds or mappings that the caller
 * adds: without any, Grafana's own would make everything over 80 red.
 */
export function stat(content: Numbers): Stat {
  return filled(new Stat(), content)
    .unit(content.unit)
    .graphMode(BigValueGraphMode.None)
    .colorMode(BigValueColorMode.Value)
    .thresholds(thresholds('text'))
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false))
}

/** Lines over time. Gaps stay gaps: an absent value is not zero. */
export function lines(content: Numbers): TimeSeries {
  return filled(new TimeSeries(), content)
    .unit(content.unit)
    .min(0)
    .drawStyle(GraphDrawStyle.Line)
    .lineWidth(2)
    .fillOpacity(8)
    .showPoints(VisibilityMode.Never)
    .spanNulls(false)
    .tooltip(tooltip())
    .legend(legend())
}

/** {@link lines}, each on top of the one before. */
export function stacked(content: Numbers): TimeSeries {
  return lines(content)
    .lineWidth(1)
    .fillOpacity(40)
    .stacking(new StackingConfigBuilder().mode(StackingMode.Normal))
}

/** One bar per series, the present values side by side. */
export function bars(content: Numbers): BarGauge {
  return filled(new BarGauge(), content)
    .unit(content.unit)
    .min(0)
    .thresholds(thresholds('blue'))
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false))
}

/** Coloured bands: which state each series was in, when. */
export function states(content: Content): StateTimeline {
  return filled(new StateTimeline(), content)
    .showValue(VisibilityMode.Auto)
    .mergeValues(true)
    .thresholds(thresholds('text'))
    .fillOpacity(80)
    .lineWidth(0)
    .tooltip(tooltip())
    .legend(legend())
}

/** A table whose columns are joined by their labels. */
export function table(content: Content): Table {
  return filled(new Table(), content).filterable(true)
}

/** A histogram's buckets over time; expects one series per `le`. */
export function heatmap(content: Numbers): Heatmap {
  for (const query of content.queries) query.format(PromQueryFormat.Heatmap)
  return filled(new Heatmap(), content)
    .unit(content.unit)
    .calculate(false)
    .yAxis(new YAxisConfigBuilder().unit(content.unit).min(0))
    .color(
      new HeatmapColorOptionsBuilder().mode(HeatmapColorMode.Scheme).scheme('Oranges').steps(64),
    )
    .tooltip(new HeatmapTooltipBuilder().mode(TooltipDisplayMode.Single).yHistogram(true))
}

type Builders = Stat | TimeSeries | BarGauge | StateTimeline | Table | Heatmap

function filled<Panel extends Builders>(panel: Panel, content: Content): Panel {
  panel.title(content.title).description(content.description).datasource(datasource)
  panel.span(content.width).height(content.height)
  content.queries.forEach((query, index) => {
    panel.withTarget(query.refId(String.fromCharCode(65 + index)).datasource(datasource))
  })
  return panel
}

function tooltip() {
  return new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending)
}

function legend() {
  return new VizLegendOptionsBuilder()
    .displayMode(LegendDisplayMode.List)
    .placement(LegendPlacement.Bottom)
    .showLegend(true)
}
