'use strict';
// A worker process of `tessera suite --jobs N`, started by the pool with a channel (child_process.fork).
const path = require('node:path');
const { Bundle } = require('./load-bundle.js');

const bundle = new Bundle(path.dirname(__dirname));
bundle.main().serve();
