import { readFile } from 'node:fs/promises'

const faults: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a directory',
  ENOTDIR: 'a part of the path is no directory',
  ELOOP: 'too many symbolic links',
  ERR_ENCODING_INVALID_ENCODED_DATA: 'it is not UTF-8',
}

/** The error's own message is not shown: it holds the path, which may be a misplaced secret. */
function faultOf(error: unknown): string {
  const code =
    typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown'
  return faults[code] ?? `error ${code}`
}

/** A file's text, or in plain words why it cannot be read. Bytes that are no UTF-8 are a fault. */
export async function readText(path: string): Promise<{ text: string } | { fault: string }> {
  try {
    const bytes = await readFile(path)
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) }
  } catch (error) {
    return { fault: faultOf(error) }
  }
}

/**
 * The secret in a file, without the newline that editors put at the end. A fault for what cannot
 * stand in a request header (empty, spaces, control characters); it never shows the content.
 */
export async function readSecret(path: string): Promise<{ text: string } | { fault: string }> {
  const read = await readText(path)
  if ('fault' in read) return read
  const text = read.text.replace(/\r?\n$/, '')
  const fault = secretFault(text)
  return fault === undefined ? { text } : { fault }
}

/** Why a text cannot be a key or token, undefined when it can. Never shows the text. */
export function secretFault(text: string): string | undefined {
  if (text === '') return 'it is empty'
  return /^[\x21-\x7e]+$/.test(text) ? undefined : 'it holds a space or an unprintable character'
}
