import {
  type DynamicConfigValue,
  MappingType,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type ValueMapping,
  type ValueMappingResult,
} from '@grafana/grafana-foundation-sdk/dashboard'

/** `base` below the first step, then each step's colour from its value on. */
export function thresholds(base: string, ...steps: (readonly [number, string])[]) {
  const all: Threshold[] = [{ value: null, color: base }]
  for (const [value, color] of steps) all.push({ value, color })
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(all)
}

/** Words and colours in place of numbers. */
export function words(map: Readonly<Record<number, readonly [string, string]>>): ValueMapping[] {
  const options = Object.entries(map).map(
    ([value, [text, color]], index): [string, ValueMappingResult] => [
      value,
      { text, color, index },
    ],
  )
  return [{ type: MappingType.ValueToText, options: Object.fromEntries(options) }]
}

/** The colours of a room's states, the same on every dashboard. */
export const colors = {
  occupied: 'green',
  empty: 'yellow',
  missing: 'orange',
  withoutValue: 'purple',
} as const

/** The words for `RoomQueries.state`. */
export const stateWords = words({
  2: ['Occupied', colors.occupied],
  1: ['Empty', colors.empty],
  0: ['Missing', colors.missing],
  [-1]: ['No value', colors.withoutValue],
})

/** Draws a series in one colour. */
export function color(name: string): DynamicConfigValue[] {
  return [{ id: 'color', value: { mode: 'fixed', fixedColor: name } }]
}

/** Draws a series as a limit: a dashed line without filling, left out of a stack. */
export function limit(name: string): DynamicConfigValue[] {
  return [
    ...color(name),
    { id: 'custom.lineStyle', value: { fill: 'dash', dash: [8, 8] } },
    { id: 'custom.fillOpacity', value: 0 },
    { id: 'custom.lineWidth', value: 1 },
    { id: 'custom.stacking', value: { mode: 'none', group: 'A' } },
  ]
}
