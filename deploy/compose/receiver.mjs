// Shows what Alertmanager sends: a line on standard output for each alert, the latest hundred at /.
// Any path takes alerts; its name (critical, warning, info) is the first word of the line.
import console from 'node:console'
import { createServer } from 'node:http'
import process from 'node:process'
import { text } from 'node:stream/consumers'

const lines = []

function show(path, { alerts }) {
  for (const { status, startsAt, labels, annotations } of alerts) {
    const line = [path.slice(1), status, startsAt, labels.alertname, annotations.summary].join('  ')
    console.log(line)
    lines.unshift(line)
  }
  lines.splice(100)
}

const server = createServer(async (request, response) => {
  try {
    if (request.method === 'POST') show(request.url, JSON.parse(await text(request)))
    response.setHeader('Content-Type', 'text/plain; charset=utf-8')
    response.end(lines.length === 0 ? 'no alert yet\n' : `${lines.join('\n')}\n`)
  } catch (error) {
    response.writeHead(400).end(`${error}\n`)
  }
})

// Process 1 of a container is not ended by a signal that it does not handle.
process.on('SIGTERM', () => process.exit(0))
server.listen(Number(process.env.PORT ?? 10642), () => {
  console.log(`waiting for alerts on port ${server.address().port}`)
})
