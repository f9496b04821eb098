import { createServer } from 'node:net'

/** Runs `start` on the wanted port, or on a free one (0) where somebody else has it. */
export async function onWantedOrFree<T>(
  wanted: number,
  start: (port: number) => Promise<T>,
): Promise<T> {
  try {
    return await start(wanted)
  } catch (error) {
    if (error instanceof Object && 'code' in error && error.code === 'EADDRINUSE') return start(0)
    throw error
  }
}

/**
 * The wanted port of the loopback interface if nobody has it, else a free one. For a program that
 * is told its port: it is nobody's until that program takes it.
 */
export function wantedOrFreePort(wanted: number): Promise<number> {
  return onWantedOrFree(wanted, async (port) => {
    const server = createServer()
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, '127.0.0.1', resolve)
    })
    const address = server.address()
    await new Promise((resolve) => server.close(resolve))
    return typeof address === 'object' && address !== null ? address.port : port
  })
}
