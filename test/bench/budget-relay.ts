import { createServer, connect } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

/*
 * Stands between the exporter and the simulator as a network does whose delay varies: what comes
 * from the exporter is handed on after a random time, in its order; answers come back at once.
 * Takes the simulator's port and the longest delay in milliseconds.
 */

const [port = 0, longestMs = 0] = process.argv.slice(2).map(Number)

function handOn(from: Socket, to: Socket) {
  let dueMs = 0
  const later = (action: () => void) => {
    const nowMs = performance.now()
    dueMs = Math.max(dueMs, nowMs + Math.random() * longestMs)
    // A timer may fire a millisecond late: it is rounded down.
    setTimeout(action, Math.floor(dueMs - nowMs))
  }
  from.on('data', (bytes) => {
    later(() => to.write(bytes))
  })
  from.on('end', () => {
    later(() => to.end())
  })
}

const server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
  const far = connect({ port, host: '127.0.0.1', noDelay: true })
  handOn(near, far)
  far.pipe(near)
  near.on('error', () => far.destroy())
  far.on('error', () => near.destroy())
})
server.listen(0, '127.0.0.1', () => {
  console.error(`url=http://127.0.0.1:${String((server.address() as AddressInfo).port)}`)
})
