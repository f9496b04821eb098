import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { html, visible } from '../../src/web/html.ts'

test('texts are escaped, markup and numbers are not, nothing leaves nothing', () => {
  const inner = html`<b>${'<i>'}</b>`
  const pieces = html`<p title="${`"'`}">${inner}${7}${undefined}${false}${[inner, 'a&b']}</p>`
  expect(pieces.markup).toBe('<p title="&quot;&#39;"><b>&lt;i&gt;</b>7<b>&lt;i&gt;</b>a&amp;b</p>')
})

test.each([
  ['\u202eabc', '\\u{202e}abc'],
  ['a\u0000b\nc', 'a\\u{0}b\\u{a}c'],
  ['zero\u200bwidth', 'zero\\u{200b}width'],
  ['\ud800', '\\u{d800}'],
  ['Zimmer 7 ü 教室 🎓', 'Zimmer 7 ü 教室 🎓'],
])('what cannot be seen in %j is shown', (text, seen) => {
  expect(visible(text)).toBe(seen)
})

test('no text gets out of an attribute or an element', () => {
  const text = fc.string({ unit: 'binary', maxLength: 128 })
  fc.assert(
    fc.property(text, (hostile) => {
      const { markup } = html`<a href="${hostile}">${visible(hostile)}</a>`
      expect(markup.match(/[<>]/g)).toHaveLength(4)
      expect(markup.match(/"/g)).toHaveLength(2)
    }),
  )
})
