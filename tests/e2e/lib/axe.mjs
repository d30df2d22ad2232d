// Accessibility of a page as it is now, by axe-core.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const GRAVE = ['serious', 'critical'];

/**
 * Fails with what is wrong where. The script comes by the debugger, not by the page, so that no
 * content security policy stands in its way.
 * @param {import('playwright-core').Page} page
 */
export async function isAccessible(page, name) {
  await page.evaluate(source);
  const { violations } = await page.evaluate(() => window.axe.run(document));
  const grave = violations
    .filter(({ impact }) => GRAVE.includes(impact))
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}\n  ${node.failureSummary}`));
  assert.deepEqual(grave, [], `${name}: ${grave.join('\n')}`);
}
