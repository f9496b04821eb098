import { createServer } from 'node:http'

/* What Node.js itself takes: a server with one answer. Takes its port. */

createServer((_request, response) => {
  response.end('up 1\n')
}).listen(Number(process.argv[2]), '127.0.0.1')
