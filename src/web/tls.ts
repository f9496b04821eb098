import type { X509Certificate } from 'node:crypto'
import type { RequestListener } from 'node:http'
import type { Server, ServerOptions } from 'node:https'
import { createServer } from 'node:https'
import { isIP } from 'node:net'
import type { SecureContextOptions, TLSSocket } from 'node:tls'

/** How TLS is spoken. */
export interface TlsSettings {
  readonly context: SecureContextOptions
  /** What is asked of a client's certificate, in the words of Go's `tls.ClientAuthType`. */
  readonly clientAuthType:
    | 'NoClientCert'
    | 'RequestClientCert'
    | 'RequireAnyClientCert'
    | 'VerifyClientCertIfGiven'
    | 'RequireAndVerifyClientCert'
  /** Subject alternative names of which a client's certificate has to bear one; absent = any. */
  readonly clientAllowedSans?: ReadonlySet<string>
}

/** A server that speaks TLS by settings which can change for the handshakes to come. */
export interface TlsServer {
  readonly server: Server
  set(settings: TlsSettings): void
}

/** One handshake may take so long, in milliseconds; Node's own limit is 120 s. */
const handshakeTimeoutMs = 10_000

/** A server that calls `refused` with the remote address of each failed handshake. */
export function createTlsServer(
  listener: RequestListener,
  options: ServerOptions,
  initial: TlsSettings,
  refused: (remote: string | undefined) => void,
): TlsServer {
  let settings = initial
  const server = createServer(
    {
      ...options,
      ...initial.context,
      handshakeTimeout: handshakeTimeoutMs,
      // Whether the certificate will do is decided below, for all five policies in one place.
      rejectUnauthorized: false,
      requestCert: asksForCertificate(initial),
    },
    listener,
  )
  server.on('tlsClientError', (_error, socket) => {
    refused(socket.remoteAddress)
  })
  server.prependListener('secureConnection', (socket) => {
    if (isAcceptable(socket, settings)) return
    refused(socket.remoteAddress)
    socket.destroy()
  })
  return {
    server,
    set(next) {
      server.setSecureContext(next.context)
      settings = next
      // Node reads this property for each connection. Should it cease to, clients without a
      // certificate are turned away above.
      Object.assign(server, { requestCert: asksForCertificate(next) })
    },
  }
}

const asksForCertificate = ({ clientAuthType }: TlsSettings) => clientAuthType !== 'NoClientCert'

function isAcceptable(socket: TLSSocket, settings: TlsSettings): boolean {
  const certificate = socket.getPeerX509Certificate()
  const allowed = settings.clientAllowedSans
  const isNamed = () => allowed === undefined || bearsOneOf(allowed, certificate)
  switch (settings.clientAuthType) {
    case 'NoClientCert':
    case 'RequestClientCert':
      return true
    case 'VerifyClientCertIfGiven':
      return certificate === undefined || socket.authorized
    case 'RequireAnyClientCert':
      return certificate !== undefined && isNamed()
    case 'RequireAndVerifyClientCert':
      return certificate !== undefined && socket.authorized && isNamed()
    default:
      return settings.clientAuthType satisfies never
  }
}

function bearsOneOf(allowed: ReadonlySet<string>, certificate: X509Certificate | undefined) {
  const names = namesIn(certificate?.subjectAltName)
  // An IPv6 address can be written in more than one way.
  const isBorne = (name: string) =>
    isIP(name) === 0 ? names.includes(name) : certificate?.checkIP(name) !== undefined
  return [...allowed].some(isBorne)
}

/**
 * The names in Node's text of a certificate's extension, such as `DNS:a.example, IP Address:::1`.
 * Names that could be taken for more than one are quoted there and left out here.
 */
function namesIn(subjectAltName: string | undefined): string[] {
  const entries = (subjectAltName ?? '').matchAll(
    /(?:DNS|IP Address|email|URI):("(?:[^"\\]|\\.)*"|[^,]*)(?:, |$)/gy,
  )
  return [...entries].flatMap(([, name = '']) => (name.startsWith('"') ? [] : [name]))
}
