import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/*
 * A body that never changes, in one piece: what sending it costs. Takes the files that hold it as
 * it is and compressed, and prints its port.
 */

const [identity = '', gzip = ''] = process.argv.slice(2)
const bodies = { identity: readFileSync(identity), gzip: readFileSync(gzip) }
const server = createServer((request, response) => {
  const isGzip = request.headers['accept-encoding'] === 'gzip'
  if (isGzip) response.setHeader('content-encoding', 'gzip')
  response.end(request.url === '/metrics' ? bodies[isGzip ? 'gzip' : 'identity'] : '')
})
server.listen(0, '127.0.0.1', () => {
  console.log((server.address() as AddressInfo).port)
})
