/**
 * Label matchers with the dashboards' variables in them. A PromQL raw string (backticks) takes a
 * value as it is: inside "…" Grafana would have to escape quotes and backslashes, and whether it
 * does depends on its version and feature toggles. Only a value holding a backtick cannot be
 * matched; the API's ids hold none.
 */

/** The scrape job; one value. */
export const job = 'job=`${job:raw}`'

/** The chosen apps of a job; any number of values, All is `.*`. */
export const apps = `${job}, app_id=~\`\${app_id:regex}\``

/** One room of a job: exact matches, one value each. */
export const oneRoom = `${job}, app_id=\`\${app_id:raw}\`, room_id=\`\${room_id:raw}\``

/** The chosen exporter processes of a job. */
export const exporters = `${job}, instance=~\`\${instance:regex}\``

/** The chosen accounts of the chosen exporter processes. */
export const accounts = `${exporters}, account=~\`\${account:regex}\``
