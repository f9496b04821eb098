import Bottleneck from 'bottleneck'
import express from 'express'
import got from 'got'
import { collectDefaultMetrics, Registry } from 'prom-client'

/* What the libraries take that do the main work, with nothing of ours. Takes the port. */

const register = new Registry()
collectDefaultMetrics({ register, eventLoopMonitoringPrecision: 200 })
const limiter = new Bottleneck({ maxConcurrent: 40 })
const http = got.extend({ retry: { limit: 0 } })
express()
  .get('/metrics', async (_request, response) => {
    response.type(register.contentType).send(await register.metrics())
  })
  .get('/ask', async (_request, response) => {
    response.send(await limiter.schedule(() => http('http://127.0.0.1').text()))
  })
  .listen(Number(process.argv[2]), '127.0.0.1')
