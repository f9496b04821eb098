import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'

/** Whether a password is the one of a bcrypt hash. */
export type Compare = (password: string, hash: string) => Promise<boolean>

// On the main thread bcryptjs computes 100 ms at a stretch, in which no poll starts and no scrape
// is answered. The text needs no file of its own, which would have to be JavaScript.
const program = `
  const { parentPort, workerData } = require('node:worker_threads')
  const { compareSync } = require(workerData)
  parentPort.on('message', ({ password, hash }) => {
    parentPort.postMessage(compareSync(password, hash))
  })
`

/**
 * Compares on a thread of its own, which starts with the first comparison and takes about 10 MB;
 * one comparison at a time, in the order of asking.
 */
export function createBcrypt() {
  let worker: Worker | undefined
  const waiting: ((matches: boolean) => void)[] = []

  function start(): Worker {
    const library = createRequire(import.meta.url).resolve('bcryptjs')
    const started = new Worker(program, { eval: true, workerData: library, execArgv: [] })
    started.on('message', (matches: unknown) => waiting.shift()?.(matches === true))
    started.unref()
    return started
  }

  const compare: Compare = (password, hash) =>
    new Promise((resolve) => {
      waiting.push(resolve)
      worker ??= start()
      worker.postMessage({ password, hash })
    })

  return {
    compare,
    /** Ends the thread; comparisons under way never settle. */
    async close() {
      await worker?.terminate()
    },
  }
}
