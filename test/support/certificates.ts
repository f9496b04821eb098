import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A certificate and its private key, PEM. */
export interface Pair {
  readonly cert: string
  readonly key: string
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'certificates-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function readPair(folder: string): Promise<Pair> {
  const read = (name: string) => readFile(join(folder, name), 'utf8')
  return { cert: await read('cert.pem'), key: await read('key.pem') }
}

/** A certificate authority that lasts a day. */
export function createAuthority(name: string): Promise<Pair> {
  return inFolder(async (cwd) => {
    const out = ['-keyout', 'key.pem', '-out', 'cert.pem', '-days', '1', '-subj', `/CN=${name}`]
    await run('openssl', ['req', '-x509', ...newKey, ...out], { cwd })
    return readPair(cwd)
  })
}

/** A certificate by `authority`; `names` as OpenSSL writes them, such as `DNS:localhost,IP:::1`. */
export function createCertificate(authority: Pair, names: string): Promise<Pair> {
  return inFolder(async (cwd) => {
    await writeFile(join(cwd, 'ca.pem'), authority.cert)
    await writeFile(join(cwd, 'ca-key.pem'), authority.key)
    await writeFile(join(cwd, 'names'), `subjectAltName=${names}\n`)
    const request = ['-keyout', 'key.pem', '-out', 'request.pem', '-subj', '/CN=test']
    await run('openssl', ['req', ...newKey, ...request], { cwd })
    const by = ['-CA', 'ca.pem', '-CAkey', 'ca-key.pem', '-days', '1', '-extfile', 'names']
    await run('openssl', ['x509', '-req', '-in', 'request.pem', '-out', 'cert.pem', ...by], { cwd })
    return readPair(cwd)
  })
}
