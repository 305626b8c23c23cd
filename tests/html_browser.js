// SPDX-License-Identifier: GPL-2.0
// usage: node html_browser.js REPORT MANY SHOTS: the report in directory REPORT, and the one of
// 50,000 records in MANY, in headless Chromium. Screenshots go to SHOTS. Prints "ok NAME" and
// "not ok NAME: WHY".
'use strict';

const fs = require('fs');
const path = require('path');
const { pathToFileURL } = require('url');
const { chromium } = require('playwright-core');

const [report, many, shots] = process.argv.slice(2);
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
let failed = false;

function result(name, faults) {
	failed ||= faults.length > 0;
	console.log(faults.length ? `not ok ${name}: ${faults.join('; ')}` : `ok ${name}`);
}

function pages(dir, below = '') {
	return fs.readdirSync(path.join(dir, below), { withFileTypes: true }).flatMap(e =>
		e.isDirectory() ? pages(dir, path.join(below, e.name)) :
			e.name.endsWith('.html') ? [path.join(below, e.name)] : []).sort();
}

function url(dir, page) {
	return pathToFileURL(path.resolve(dir, page)).href;
}

// A page that notes what its console and the network say.
async function open(context, address) {
	const page = await context.newPage();
	page.faults = [];
	page.on('console', m => m.type() === 'error' && page.faults.push(m.text()));
	page.on('pageerror', e => page.faults.push(String(e)));
	page.on('request', r => r.url().startsWith('http') && page.faults.push(r.url()));
	page.on('requestfailed', r => page.faults.push(r.url()));
	await page.goto(address);
	return page;
}

async function accessible(page) {
	await page.evaluate(axe);
	const { violations } = await page.evaluate(() => axe.run({ preload: false }));
	return violations.filter(v => ['serious', 'critical'].includes(v.impact))
		.map(v => `${v.id}: ${v.nodes[0].html.slice(0, 120)}`);
}

async function everyPage(browser, look) {
	const context = await browser.newContext({ bypassCSP: true, ...look.options });
	for (const name of pagesOf(look)) {
		const page = await open(context, url(report, name));
		if (name === 'cases.html')
			await page.waitForSelector('#rows tr');
		result(`${look.name}/${name}/axe`, await accessible(page));
		result(`${look.name}/${name}/console`, page.faults);
		const wide = await page.evaluate(() =>
			document.documentElement.scrollWidth - document.documentElement.clientWidth);
		result(`${look.name}/${name}/width`, wide > 0 ? [`${wide} pixels too wide`] : []);
		await page.screenshot({
			path: path.join(shots, `${look.name}-${name.replace(/\//g, '-')}.png`),
			fullPage: true,
		});
		await page.close();
	}
	await context.close();
}

// Every page in the first look, one of each kind in the others.
function pagesOf(look) {
	const all = pages(report);
	const first = all.find(name => name.startsWith('finding'));
	return look === looks[0] ? all : all.filter(n => !n.startsWith('finding') || n === first);
}

// The policy of the pages holds, and lets their own scripts work.
async function withPolicy(browser) {
	const context = await browser.newContext();
	const page = await open(context, url(report, 'matrix.html'));
	const folded = await page.locator('tbody.folded').count();
	await page.keyboard.press('Tab');
	result('keyboard/skip-link', await page.evaluate(() =>
		document.activeElement.className) === 'jump' ? [] : ['the first Tab is elsewhere']);
	await page.locator('button.fold').first().focus();
	await page.keyboard.press('Enter');
	const after = await page.locator('tbody.folded').count();
	result('keyboard/fold', folded > 0 && after === folded - 1 ? [] : [`${folded} ${after}`]);
	await page.locator('.engine:visible .num a').first().focus();
	await page.keyboard.press('Enter');
	await page.waitForSelector('#rows tr');
	result('matrix-to-cases', page.url().includes('cases.html#arch=') ? [] : [page.url()]);
	await page.fill('#text', 'neg64/r3');
	await page.locator('#rows a').first().click();
	await page.waitForSelector('h1');
	result('cases-to-finding', page.url().includes('finding/') ? [] : [page.url()]);
	await page.locator('button.copy').first().click();
	await page.waitForFunction(() => document.querySelector('.said').textContent);
	result('copy', page.faults);
	const injected = await page.evaluate(() => {
		const script = document.createElement('script');
		script.textContent = 'window.injected = true';
		document.body.append(script);
		return Boolean(window.injected);
	});
	result('policy/no-inline-script', injected ? ['an inline script ran'] : []);
	await context.close();
}

async function withoutScript(browser) {
	const context = await browser.newContext({ javaScriptEnabled: false });
	const page = await open(context, url(report, 'matrix.html'));
	const shown = await page.locator('.engine:visible').count();
	result('no-script/matrix', shown ? [] : ['engines are hidden']);
	await page.goto(url(report, 'cases.html'));
	result('no-script/cases', await page.locator('noscript').count() ? [] : ['it says nothing']);
	await context.close();
}

// The time that the page's thread computes: unlike the clock, it does not grow on a busy machine.
async function cpuTime(cdp) {
	const { metrics } = await cdp.send('Performance.getMetrics');
	return Math.round(metrics.find(m => m.name === 'TaskDuration').value * 1000);
}

async function fast(browser) {
	const context = await browser.newContext();
	const page = await context.newPage();
	const cdp = await context.newCDPSession(page);
	await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
	const start = Date.now();
	await page.goto(url(many, 'cases.html'));
	await page.waitForFunction(() =>
		document.getElementById('found').textContent.startsWith('50000 records'));
	const cpu = await cpuTime(cdp);
	console.log(`# 50000 records: ${cpu} ms of the page's thread, ${Date.now() - start} ms in all`);
	result('many/opens', cpu < 1000 ? [] : [`${cpu} ms of the page's thread`]);
	await page.selectOption('#verdict', 'FAIL');
	await page.waitForFunction(() =>
		document.getElementById('found').textContent.startsWith('10000 records'));
	await page.getByRole('button', { name: 'Next' }).click();
	await page.waitForFunction(() =>
		document.getElementById('found').textContent.includes('101 to 200'));
	result('many/search', []);
	await page.goto(url(many, 'index.html'));
	const after = await cpuTime(cdp);
	result('many/overview', after - cpu < 1000 ? [] : [`${after - cpu} ms`]);
	await context.close();
}

const looks = [
	{ name: 'light', options: { colorScheme: 'light', viewport: { width: 1280, height: 800 } } },
	{ name: 'dark', options: { colorScheme: 'dark', viewport: { width: 1280, height: 800 } } },
	{ name: 'phone', options: { colorScheme: 'light', viewport: { width: 360, height: 740 } } },
];

(async () => {
	const browser = await chromium.launch({
		executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
		args: ['--no-sandbox'],
	});
	for (const look of looks)
		await everyPage(browser, look);
	await withPolicy(browser);
	await withoutScript(browser);
	await fast(browser);
	await browser.close();
	process.exitCode = failed ? 1 : 0;
})().catch(error => {
	console.error(error);
	process.exitCode = 2;
});
