// gdb's answers as it writes them (13.1).
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asList, asRecord, parseMi } from './mi.ts';

test('an answer with its number, lists and tuples', () => {
  const line =
    '7^done,threads=[{id="1",target-id="LWP 25550",name="loop",frame={level="0",func="spin",args=[{name="a",value="3"}]}},{id="2",target-id="LWP 9"}],current-thread-id="1"';
  const record = parseMi(line);
  expect(record).toMatchObject({ token: 7, sort: '^', name: 'done' });
  const threads = asList(record?.values.threads).map(asRecord);
  expect(threads.map((thread) => thread['target-id'])).toEqual(['LWP 25550', 'LWP 9']);
  expect(asRecord(threads[0]?.frame)).toMatchObject({
    func: 'spin',
    args: [{ name: 'a', value: '3' }],
  });
});

test('a list of named results is a list', () => {
  const record = parseMi('^done,stack=[frame={level="0",func="f"},frame={level="1",func="main"}]');
  expect(asList(record?.values.stack)).toEqual([
    { level: '0', func: 'f' },
    { level: '1', func: 'main' },
  ]);
});

test('quotes and newlines inside of a string', () => {
  const record = parseMi('3^error,msg="No symbol \\"x\\" in current context.\\nmore"');
  expect(record).toMatchObject({
    name: 'error',
    values: { msg: 'No symbol "x" in current context.\nmore' },
  });
});

test('what is for a person is no record', () => {
  expect(parseMi('(gdb) ')).toBeUndefined();
  expect(parseMi('~"Reading symbols\\n"')).toBeUndefined();
});

test('no line hangs or throws', () => {
  const noise = fc
    .array(fc.constantFrom(...'{}[]",=\\ab1'), { maxLength: 60 })
    .map((chars) => chars.join(''));
  fc.assert(fc.property(noise, (text) => void parseMi(`1^done,${text}`)));
});
