/** The suites of TLS 1.3, named alike by Go and OpenSSL. Go has them always on. */
const tls13Suites = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
]

/** Suites up to TLS 1.2: the name in Go's `crypto/tls`, and OpenSSL's. */
const olderSuites: Readonly<Record<string, string>> = {
  TLS_RSA_WITH_AES_128_CBC_SHA: 'AES128-SHA',
  TLS_RSA_WITH_AES_256_CBC_SHA: 'AES256-SHA',
  TLS_RSA_WITH_AES_128_GCM_SHA256: 'AES128-GCM-SHA256',
  TLS_RSA_WITH_AES_256_GCM_SHA384: 'AES256-GCM-SHA384',
  TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA: 'ECDHE-ECDSA-AES128-SHA',
  TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA: 'ECDHE-ECDSA-AES256-SHA',
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA: 'ECDHE-RSA-AES128-SHA',
  TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA: 'ECDHE-RSA-AES256-SHA',
  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: 'ECDHE-ECDSA-AES128-GCM-SHA256',
  TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384: 'ECDHE-ECDSA-AES256-GCM-SHA384',
  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: 'ECDHE-RSA-AES128-GCM-SHA256',
  TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384: 'ECDHE-RSA-AES256-GCM-SHA384',
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256: 'ECDHE-RSA-CHACHA20-POLY1305',
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: 'ECDHE-ECDSA-CHACHA20-POLY1305',
}

/**
 * Go's names of the suites that `cipher_suites` may hold.
 * Source: https://pkg.go.dev/crypto/tls#CipherSuites, with the four of RSA key exchange that Go
 * counted among them until 1.22.
 */
export const cipherSuiteNames = [...tls13Suites, ...Object.keys(olderSuites)]

/**
 * OpenSSL's cipher list for suites by their Go names in order of preference; undefined, which is
 * OpenSSL's own choice, for none. TLS 1.0 and 1.1 sign with SHA-1, which OpenSSL 3 allows only at
 * security level 0.
 */
export function opensslCiphers(names: readonly string[], isBelowTls12: boolean) {
  const older = names.flatMap((name) => olderSuites[name] ?? [])
  if (names.length === 0) return isBelowTls12 ? 'DEFAULT:@SECLEVEL=0' : undefined
  return [...tls13Suites, ...older, ...(isBelowTls12 ? ['@SECLEVEL=0'] : [])].join(':')
}
