/** Markup that is safe as it stands. */
export interface Html {
  readonly markup: string
}

/** What a template may hold: texts and numbers are escaped, markup is not, nothing is left out. */
export type Piece = Html | string | number | undefined | false | readonly Piece[]

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** A text for the inside of an element or of a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => escapes[character] ?? '')
}

/**
 * Characters that cannot be seen, or that move or hide their neighbours: controls, marks for the
 * direction of writing, zero-width ones, line separators, lone surrogates.
 */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}\p{Co}]/gu

/** A text from outside as a person should see it: what cannot be seen as `\u{202e}`. */
export function visible(text: string): string {
  return text.replace(unseen, (character) => {
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`
  })
}

function markupOf(piece: Piece): string {
  if (piece === undefined || piece === false) return ''
  if (typeof piece === 'number') return String(piece)
  if (typeof piece === 'string') return escapeHtml(piece)
  return 'markup' in piece ? piece.markup : piece.map(markupOf).join('')
}

/** A template whose values are escaped unless they are {@link Html} themselves. */
export function html(texts: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  const parts = texts.map((text, index) => text + markupOf(pieces[index]))
  return { markup: parts.join('') }
}
