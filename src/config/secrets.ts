import type { CredentialSource, SecretSource } from './config.ts'
import { readSecret } from './text.ts'

/** An account's keys as they are now. */
export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/** What a credential reader is given besides its sources. */
export interface CredentialReaderOptions {
  /** Monotonic milliseconds; files are looked at once per 1000 of them. Default: the machine's. */
  readonly monotonic?: () => number
  /** Told once for each new trouble with a file, in words that hold no secret. */
  readonly onProblem?: (message: string) => void
}

const freshMs = 1000
const attempts = 3

/**
 * Gives the keys of one account at each call. Files are read at use, at most once a second; while
 * one of them is missing or empty, or they are being swapped, the last good keys are given.
 * The returned function @throws an Error without any secret when there are no good keys yet.
 */
export function createCredentialReader(
  source: CredentialSource,
  {
    monotonic = () => performance.now(),
    onProblem = () => undefined,
  }: CredentialReaderOptions = {},
): () => Promise<Credentials> {
  let good: Credentials | undefined
  let readAtMs = -Infinity
  let trouble: string | undefined
  let reading: Promise<Credentials> | undefined

  const refresh = async () => {
    const read = await readSettled(source)
    readAtMs = monotonic()
    if ('fault' in read) {
      if (read.fault !== trouble) onProblem(read.fault)
      trouble = read.fault
    } else {
      good = read
      trouble = undefined
    }
    if (good === undefined) throw new Error(trouble)
    return good
  }

  return async () => {
    if (good !== undefined && monotonic() - readAtMs < freshMs) return good
    reading ??= refresh().finally(() => {
      reading = undefined
    })
    return await reading
  }
}

/** Reads until two reads in a row agree, so that keys from before and after a swap never mix. */
async function readSettled(source: CredentialSource): Promise<Credentials | { fault: string }> {
  let last = await readOnce(source)
  if (!Object.values(source).some((secret: SecretSource) => 'file' in secret)) return last
  for (let attempt = 1; attempt < attempts; attempt += 1) {
    const next = await readOnce(source)
    if (JSON.stringify(next) === JSON.stringify(last)) return next
    last = next
  }
  return { fault: 'the key files change while they are read' }
}

async function readOnce(source: CredentialSource): Promise<Credentials | { fault: string }> {
  const [accessKeyId, secretAccessKey, sessionToken] = await Promise.all([
    textOf('access_key_id', source.accessKeyId),
    textOf('secret_access_key', source.secretAccessKey),
    source.sessionToken && textOf('session_token', source.sessionToken),
  ])
  if ('fault' in accessKeyId) return accessKeyId
  if ('fault' in secretAccessKey) return secretAccessKey
  if (sessionToken && 'fault' in sessionToken) return sessionToken
  return {
    accessKeyId: accessKeyId.text,
    secretAccessKey: secretAccessKey.text,
    ...(sessionToken && { sessionToken: sessionToken.text }),
  }
}

async function textOf(key: string, source: SecretSource) {
  if ('value' in source) return { text: source.value }
  const read = await readSecret(source.file)
  return 'text' in read ? read : { fault: `the file of ${key}_file cannot be used: ${read.fault}` }
}
