/**
 * Takes the pictures of the status page for the README, from an exporter that runs:
 * `npx tsx test/docs/screenshots.ts http://127.0.0.1:10640`. After a quarter of an hour its plots are full.
 */
import { join } from 'node:path'
import { launchBrowser, openPage } from '../support/browser.ts'

const [url = 'http://127.0.0.1:10640'] = process.argv.slice(2)
const folder = process.argv[3] ?? join(import.meta.dirname, '../../docs/images')
const viewport = { width: 1280, height: 860 }
const browser = await launchBrowser()

try {
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page } = await openPage(browser, { colorScheme, viewport })
    await page.goto(url)
    await page.getByText(/updated \d+ s ago/).waitFor()
    await page.screenshot({ path: join(folder, `page-${colorScheme}.png`) })
  }
  const { page } = await openPage(browser, { colorScheme: 'light', viewport })
  await page.goto(`${url}/?state=occupied&sort=users&order=desc`)
  await page.locator('tbody a').first().click()
  await page.getByText(/updated \d+ s ago/).waitFor()
  await page.screenshot({ path: join(folder, 'room.png') })
} finally {
  await browser.close()
}
