// Firefox for the disk tests, driven over WebDriver BiDi.

import puppeteer from 'puppeteer-core'

export async function launchFirefox() {
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: process.env.FIREFOX || '/usr/bin/firefox-esr',
    headless: true,
  })
  return {
    async page(origin) {
      const page = await browser.newPage()
      await page.goto(`${origin}/`)
      return page
    },
    close: () => browser.close(),
  }
}
