import { request } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import { simulatorAccount } from '../../src/simulator/demo.ts'
import { canonicalQuery, createSigner } from '../../src/volc/signature.ts'
import type { Credentials } from '../../src/volc/signature.ts'

export interface Heard {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  /** The code of the answer's error; undefined for an answer without one. */
  readonly error: string | undefined
  readonly result: unknown
}

export interface Asked {
  readonly parameters?: Readonly<Record<string, string>>
  readonly credentials?: Credentials
  readonly date?: Date
  readonly region?: string
  readonly service?: string
  readonly method?: string
  /** Changes to what is sent after it was signed; undefined leaves a header out. */
  readonly headers?: Readonly<Record<string, string | undefined>>
  readonly target?: (query: string) => string
}

export const parametersFor = (room: { appId: string; roomId: string }) => ({
  Action: 'GetRoomOnlineUsers',
  Version: '2023-11-01',
  AppId: room.appId,
  RoomId: room.roomId,
})

/** Asks the API once, as a client would; rejects with the socket's error. */
export async function ask(url: string, asked: Asked = {}): Promise<Heard> {
  const { host } = new URL(url)
  const query = canonicalQuery(asked.parameters ?? {})
  const { date = new Date(), credentials = simulatorAccount, region = 'cn-north-1' } = asked
  const { service = 'rtc', method = 'GET', target = (made: string) => `/?${made}` } = asked
  const signed = createSigner()({ host, query, region, service, credentials, date })
  const headers = Object.entries({ ...signed, ...asked.headers }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  )
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, path: target(query), headers: Object.fromEntries(headers) })
    sent.on('error', reject).on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        const { status, headers } = { status: response.statusCode ?? 0, headers: response.headers }
        resolve({ status, headers, text, ...membersOf(text) })
      })
    })
    sent.end()
  })
}

function membersOf(text: string): Pick<Heard, 'error' | 'result'> {
  try {
    const body = JSON.parse(text) as {
      ResponseMetadata?: { Error?: { Code?: string } }
      Result?: unknown
    } | null
    return { error: body?.ResponseMetadata?.Error?.Code, result: body?.Result }
  } catch {
    return { error: undefined, result: undefined }
  }
}
