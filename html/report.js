// SPDX-License-Identifier: GPL-2.0
// What the pages do beside showing: copy buttons, folded families of the matrix, the search of
// cases. Pages open from disks, where fetch() is refused: data comes as scripts that call
// checkjit.chunk(). All text is set as text, never as markup.
'use strict';

function element(name, properties, ...children) {
	const e = Object.assign(document.createElement(name), properties);
	e.append(...children);
	return e;
}

// ---- copy buttons ----

function copyText(pre) {
	const range = document.createRange();
	range.selectNodeContents(pre);
	getSelection().removeAllRanges();
	getSelection().addRange(range);
	if (navigator.clipboard && isSecureContext)
		return navigator.clipboard.writeText(pre.textContent);
	return document.execCommand('copy') ? Promise.resolve() : Promise.reject();
}

function addCopyButtons() {
	for (const pre of document.querySelectorAll('pre.copy')) {
		const button = element('button', { type: 'button', className: 'copy' }, 'Copy');
		const said = element('span', { className: 'said' });
		said.setAttribute('role', 'status');
		button.addEventListener('click', () => copyText(pre).then(
			() => said.textContent = 'copied',
			() => said.textContent = 'selected: press Ctrl-C'));
		pre.before(element('p', { className: 'tools' }, button, ' ', said));
	}
}

// ---- the matrix ----

function fold(family, folded) {
	const button = family.querySelector('button');
	family.classList.toggle('folded', folded);
	button.setAttribute('aria-expanded', String(!folded));
}

function addFolding() {
	const families = [...document.querySelectorAll('tbody.family')];
	const tools = document.getElementById('matrix-tools');
	for (const family of families) {
		const head = family.querySelector('.sum th');
		const button = element('button', { type: 'button', className: 'fold' },
			...head.childNodes);
		head.append(button);
		button.setAttribute('aria-controls', family.id);
		button.addEventListener('click', () =>
			fold(family, !family.classList.contains('folded')));
		fold(family, true);
	}
	for (const [text, folded] of [['Show all engines', false], ['Fold all', true]]) {
		const button = element('button', { type: 'button' }, text);
		button.addEventListener('click', () => families.forEach(f => fold(f, folded)));
		tools.append(button, ' ');
	}
	addEventListener('beforeprint', () => families.forEach(f => fold(f, false)));
}

// ---- the search of cases ----

const PAGE = 100; // rows at a time
const fields = ['arch', 'family', 'engine', 'verdict', 'text'];

const checkjit = {
	data: null, // of data/index.js
	loaded: new Map(), // 'ARCH-FAMILY' to rows
	from: 0,

	index(data) {
		this.data = data;
		startSearch();
	},
	chunk(arch, family, rows) {
		this.loaded.set(`${arch}-${family}`, rows);
	},
};

function field(name) {
	return document.getElementById(name);
}

function fill(select, names, all) {
	if (all)
		select.append(element('option', { value: '' }, all));
	for (const name of names)
		select.append(element('option', { value: name }, name));
}

// The chunks that the chosen arch and family have.
function wantedChunks() {
	const { data } = checkjit;
	const arch = data.arches.indexOf(field('arch').value);
	const family = data.families.indexOf(field('family').value);
	return data.chunks.filter(c => c[0] === arch && (family < 0 || c[1] === family));
}

function load(key) {
	if (checkjit.loaded.has(key))
		return Promise.resolve();
	return new Promise((resolve, reject) => {
		const script = element('script', { src: `data/${key}.js` });
		script.addEventListener('load', resolve);
		script.addEventListener('error', () => reject(new Error(`data/${key}.js is missing`)));
		document.head.append(script);
	});
}

// Does a record count the case with this id? Then its own id is the operation with a star.
function counts(record, id) {
	const star = record.indexOf('*');
	return star > 0 && id.startsWith(record.slice(0, star));
}

function matching(rows) {
	const { data } = checkjit;
	const engine = data.engines.indexOf(field('engine').value);
	const verdict = data.verdicts.findIndex(v => v[0] === field('verdict').value);
	const text = field('text').value;
	return rows.filter(r => (engine < 0 || r[1] === engine) &&
		(verdict < 0 || r[2] === verdict) && (!text || r[0].includes(text) || counts(r[0], text)));
}

function rowOf([id, engine, verdict, cases, page]) {
	const { data } = checkjit;
	const name = element('code', {}, id);
	const head = element('th', { scope: 'row' }, page ? element('a', { href: page }, name) : name);
	return element('tr', {}, head,
		element('td', {}, data.engines[engine]),
		element('td', { className: data.verdicts[verdict][1] }, data.verdicts[verdict][0]),
		element('td', { className: 'num' }, String(cases)));
}

function pager(count) {
	const buttons = [];
	for (const [text, step] of [['Previous', -PAGE], ['Next', PAGE]]) {
		const to = checkjit.from + step;
		const button = element('button', { type: 'button', disabled: to < 0 || to >= count },
			text);
		button.addEventListener('click', () => {
			checkjit.from = to;
			show();
			document.getElementById('records').scrollIntoView();
		});
		buttons.push(button, ' ');
	}
	field('pager').replaceChildren(...(count > PAGE ? buttons : []));
}

async function show() {
	const chunks = wantedChunks();
	const found = field('found');
	const turn = show.turn = {};
	try {
		await Promise.all(chunks.map(c => load(`${c[0]}-${c[1]}`)));
	} catch (error) {
		found.textContent = error.message;
		return;
	}
	if (turn !== show.turn) // something else was chosen meanwhile
		return;
	const rows = matching(chunks.flatMap(c => checkjit.loaded.get(`${c[0]}-${c[1]}`)));
	const shown = rows.slice(checkjit.from, checkjit.from + PAGE);
	field('rows').replaceChildren(...shown.map(rowOf));
	found.textContent = rows.length > PAGE ?
		`${rows.length} records, ${checkjit.from + 1} to ${checkjit.from + shown.length} shown` :
		`${rows.length} records`;
	pager(rows.length);
}

// The address has what was chosen, so that it can be passed on.
function remember() {
	const chosen = new URLSearchParams();
	for (const name of fields)
		if (field(name).value)
			chosen.set(name, field(name).value);
	history.replaceState(null, '', `#${chosen}`);
}

function recall() {
	const chosen = new URLSearchParams(location.hash.slice(1));
	for (const name of fields) {
		field(name).value = chosen.get(name) || '';
		if (field(name).selectedIndex < 0)
			field(name).selectedIndex = 0;
	}
	if (!field('arch').value)
		field('arch').selectedIndex = 0;
}

function startSearch() {
	const { data } = checkjit;
	fill(field('arch'), data.arches);
	fill(field('family'), data.families, 'all');
	fill(field('engine'), data.engines, 'all');
	fill(field('verdict'), data.verdicts.map(v => v[0]), 'all');
	field('search').addEventListener('submit', event => event.preventDefault());
	field('search').addEventListener('input', () => {
		checkjit.from = 0;
		remember();
		show();
	});
	addEventListener('hashchange', () => {
		checkjit.from = 0;
		recall();
		show();
	});
	recall();
	show();
}

addCopyButtons();
if (document.getElementById('matrix-tools'))
	addFolding();
