// Runs candidate.js, then tests.js as a function in its scope: `node driver.js`. What is said goes to standard output
// behind the mark. All that is used here is taken before the candidate runs; its files are gone by then.
'use strict';
(() => {
  const fs = require('fs'), vm = require('vm');
  const { readFileSync, writeSync, unlinkSync } = fs;
  const { isArray } = Array, { keys, getPrototypeOf, prototype: plain } = Object, { stringify } = JSON;
  const uncurried = (method) => Function.prototype.call.bind(method);
  const kind = uncurried(plain.toString), slice = uncurried(''.slice), match = uncurried(''.match);
  const wellFormed = ''.toWellFormed ? uncurried(''.toWellFormed) : (text) => text;
  const bytes = Buffer.from.bind(Buffer), wait = Atomics.wait.bind(Atomics, new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  const leave = process.reallyExit.bind(process), SourceMap = require('module').SourceMap;
  const DEEPEST = 150, LONGEST = 1 << 20;

  const quoted = (text) => stringify(wellFormed(text));
  const foreign = (name) => `{"~r":[null,${quoted(name)}]}`;
  const symbol = (name) => `{"~y":${quoted(name)}}`;

  // a value as JSON; `above` are the objects that it lies in
  const told = (value, above) => {
    switch (typeof value) {
      case 'string': return quoted(value);
      case 'number': return value - value === 0 ? `${value}` : `{"~f":"${value !== value ? 'nan' : value > 0 ? 'inf' : '-inf'}"}`;
      case 'boolean': return value ? 'true' : 'false';
      case 'bigint': return symbol(`${value}n`);
      case 'undefined': return symbol('undefined');
      case 'object': break;
      default: return foreign(typeof value);
    }
    if (value === null) return 'null';
    const here = { value, above, depth: above === null ? 1 : above.depth + 1 };
    if (here.depth > DEEPEST) return foreign('too deep');
    for (let each = above; each !== null; each = each.above) if (each.value === value) return foreign('circular');
    return isArray(value) ? listed(value, here) : mapped(value, here);
  };
  const listed = (value, here) => {
    if (value.length > LONGEST) return foreign('Array');
    let items = '';
    for (let i = 0; i < value.length; i++) items += (i ? ',' : '') + told(value[i], here);
    return `[${items}]`;
  };
  const mapped = (value, here) => {
    const name = slice(kind(value), 8, -1);
    if (name !== 'Object') return foreign(name);
    const parent = getPrototypeOf(value), names = keys(value);
    let items = parent === plain || parent === null ? '' : `[${symbol('class')},true]`;
    for (let i = 0; i < names.length; i++) items += `${items ? ',' : ''}[${quoted(names[i])},${told(value[names[i]], here)}]`;
    return `{"~m":[${items}]}`;
  };

  const write = (stream, text) => {
    const data = bytes(text);
    for (let at = 0; at < data.length;) {
      try {
        at += writeSync(stream, data, at);
      } catch (error) {
        if (error.code !== 'EAGAIN') throw error;  // the candidate's own output fills the pipe
        wait(2);
      }
    }
  };
  const say = (value) => write(1, `\n{mark}${told(value, null)}\n`);

  const read = (name) => {
    if (!fs.existsSync(name)) return '';
    const text = readFileSync(name, 'utf8');
    unlinkSync(name);
    return text;
  };
  const code = read('candidate.js'), text = read('tests.js'), map = read('candidate.js.map');
  unlinkSync(__filename);

  // the place in the candidate where an error came from, and the error, on one line
  const words = (error) => {
    try {
      const stack = error instanceof Error ? `${error.stack}` : '';
      const place = match(stack, /candidate\.js:(\d+)(?::(\d+))?/);
      let line = place && place[1];
      if (place && map) {
        const entry = new SourceMap(JSON.parse(map)).findEntry(line - 1, (place[2] || 1) - 1);
        line = entry.originalLine === undefined ? line : entry.originalLine + 1;
      }
      return slice((line ? `line ${line}: ` : '') + match(`${error}`, /.*/)[0], 0, 300);
    } catch {
      return 'an error that cannot be told';
    }
  };
  const end = (prefix, error) => {
    write(2, `\n${prefix}${words(error)}\n`);
    leave(1);
  };

  // what the tests see of the library is not what the candidate may have changed
  const copied = (object, target) => Object.freeze(Object.defineProperties(target, Object.getOwnPropertyDescriptors(object)));
  class AssertionError extends Error {}
  const held = (condition) => {
    if (!condition) throw new AssertionError('an assertion does not hold');
  };
  const own = { console: copied({ ...console, assert: held }, {}), JSON: copied(JSON, {}), Math: copied(Math, {}) };
  const failures = [AssertionError], libraries = new Map();
  if (text.includes('assert')) {
    const assert = require('assert'), ok = assert.ok, ofStrict = assert.strict.ok;
    const strict = copied(assert.strict, (...given) => ofStrict(...given));
    failures.push(assert.AssertionError);
    libraries.set(assert.strict, strict).set(assert, copied({ ...assert, strict }, (...given) => ok(...given)));
  }
  const libraryOf = libraries.get.bind(libraries);
  const required = (name) => {
    const found = require(name);
    return libraryOf(found) || found;
  };

  const hashbang = /^#!/.test(code) ? '//' : '';
  const strict = /^(?:\s|\/\/.*\n|\/\*[^]*?\*\/)*(['"])use strict\1/.test(code) ? '"use strict";' : '';
  const head = `${strict}reach{mark}(text{mark} => eval(text{mark}));${hashbang}`;
  let reach, program;
  try {
    program = vm.compileFunction(
      head + code, ['exports', 'require', 'module', '__filename', '__dirname', 'reach{mark}'],
      { filename: 'candidate.js', columnOffset: -head.length });
  } catch (error) {
    end('build failed: ', error);
  }
  try {
    program.call(module.exports, module.exports, require, module, __filename, __dirname, (found) => { reach = found; });
  } catch (error) {
    end('', error);
  }
  try {
    reach(text)(say, own.console, required, own.JSON, own.Math);
  } catch (error) {
    end(failures.some((each) => error instanceof each) ? 'assertion failed: ' : '', error);
  }
  leave(0);
})();
