// `inquest DUMP…`: commands at a prompt, or from standard input.
import { wrap } from '../../commands/kit/usage.ts';
import { escapeText } from '../../print/escape.ts';
import { type Arguments, parse, UsageError } from '../cli/arguments.ts';
import { isColoured } from '../cli/colour.ts';
import { defectText } from '../cli/defect.ts';
import { warningLines } from '../cli/warning-lines.ts';
import { OpenError } from '../open.ts';
import { hint } from './hint.ts';
import { isAlias, type Line, parseLine, reachesOut } from './line.ts';
import { complain, deliver, type Screen } from './output.ts';
import { Patient } from './patient.ts';
import { runProgram } from './programs.ts';
import { type Prompt, plainInput, terminalPrompt } from './prompt.ts';
import type { RunReply } from './protocol.ts';
import { type Script, scripts, wanted } from './startup.ts';

/** @returns 0; without a terminal 1 when a command failed */
export const run = (words: readonly string[]): Promise<number> => converse(parse('shell', words));

/** @returns as `run` */
export async function converse(given: Arguments): Promise<number> {
  if (given.commands.length > 0)
    throw new UsageError(
      `the shell takes no commands; give them to: inquest run ${given.files[0]} --`,
    );
  const files = scripts(given.crashrc, given.input);
  const isTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
  const screen = {
    isTerminal,
    isColoured: isColoured(given.color, process.stdout),
    areErrorsColoured: isColoured(given.color, process.stderr),
  };
  const shell = new Shell(given, screen);
  try {
    await shell.start(files);
    return await shell.talk();
  } finally {
    await shell.close();
  }
}

class Shell {
  readonly #files: readonly string[];
  readonly #raw: boolean;
  readonly #screen: Screen;
  readonly #patient: Patient;
  readonly #prompt: Prompt;
  /** Looks for the verdict meanwhile. */
  #judge: Patient | undefined;
  #aliases: ReadonlyMap<string, string> = new Map();
  #isOver = false;
  #hasFailed = false;
  /** Ends what is being done; undefined: nothing is. */
  #breakOff: (() => void) | undefined;
  #wasBroken = false;

  constructor({ files, raw }: Arguments, screen: Screen) {
    this.#files = files;
    this.#raw = raw;
    this.#screen = screen;
    const pages = screen.isTerminal && process.env.TERM !== 'dumb' ? true : undefined;
    this.#patient = new Patient({ files, raw, pages }, (text) => this.#progress(text));
    this.#prompt = screen.isTerminal
      ? terminalPrompt({
          isColoured: screen.isColoured,
          complete: (text) => this.#patient.complete(text),
          interrupted: () => this.#interrupted(),
        })
      : plainInput();
  }

  /** The banner, and the files of commands. */
  async start(files: readonly Script[]): Promise<void> {
    for (const line of warningLines(await this.#patient.opened)) process.stderr.write(`${line}\n`);
    if (this.#screen.isTerminal) {
      // Until here, and without a terminal, ^C ends the program as everywhere.
      process.on('SIGINT', () => this.#interrupted());
      const banner = await this.#answer('sys', true);
      if (banner) process.stdout.write(`\n${banner.text}\n`);
      this.#tellVerdict();
    }
    for (const script of files) await this.#script(script);
  }

  /** ^C ends it with the command. */
  async #script(script: Script): Promise<void> {
    for (const line of script.lines) {
      await this.#obey(line, script);
      if (this.#wasBroken) return;
    }
  }

  /** @returns the exit status */
  async talk(): Promise<number> {
    while (!this.#isOver) {
      const line = await this.#prompt.next();
      if (line === undefined) break;
      await this.#obey(line);
      // The terminal showed ^C where the cursor stood.
      if (this.#wasBroken) process.stdout.write('\n');
    }
    return this.#hasFailed && !this.#screen.isTerminal ? 1 : 0;
  }

  async close(): Promise<void> {
    this.#prompt.close();
    await Promise.all([this.#patient.close(), this.#judge?.close()]);
  }

  /** The verdict comes when it is ready, of a worker of its own: commands need not wait for it. */
  #tellVerdict(): void {
    const given = { files: this.#files, raw: this.#raw, pages: undefined };
    const judge = new Patient(given, () => {});
    this.#judge = judge;
    const { isColoured } = this.#screen;
    judge
      .headline()
      .then((headline) => {
        if (!headline) return;
        const text = wrap(escapeText(headline), (process.stdout.columns || 80) - 1).join('\n');
        this.#prompt.remark(`${isColoured ? `\x1b[1m${text}\x1b[0m` : text}\nMore: why\n\n`);
      })
      .catch(() => {})
      .finally(() => judge.close());
  }

  /** @param script where the line stands; undefined: it was typed */
  async #obey(typed: string, script?: Script): Promise<void> {
    if (this.#isOver) return;
    this.#wasBroken = false;
    const line = parseLine(this.#expanded(typed), process.env.HOME);
    if (script && !script.isTrusted && reachesOut(line)) {
      const why = 'programs and files are not for a file of the current folder';
      this.#fail(`${script.path}: ${why}: ${escapeText(typed.trim())}`);
    } else if (script && line.kind === 'script')
      this.#fail(`${script.path}: a file of commands reads no other: ${escapeText(typed.trim())}`);
    else if (script && line.kind === 'command') await this.#scripted(line, script);
    else await this.#act(line);
  }

  async #scripted(line: Line & { kind: 'command' }, script: Script): Promise<void> {
    const isQuiet = script.isSetup && isAlias(line);
    const quiet = isQuiet ? ({ ...line, to: { kind: 'nowhere' } } as const) : line;
    if (script.isTrusted) await this.#act(quiet);
    else await this.#command(quiet, false);
  }

  async #act(line: Line): Promise<void> {
    if (line.kind === 'malformed') this.#fail(line.message);
    else if (line.kind === 'program') await this.#program(line.program);
    else if (line.kind === 'script') await this.#read(line.path);
    else if (line.kind === 'command') {
      const repeated = /^repeat\s+(?:-(\d{1,5})\s+)?([^-\s].*)$/.exec(line.text);
      if (!repeated || !this.#screen.isTerminal) await this.#command(line);
      else await this.#repeat({ ...line, text: repeated[2] as string }, Number(repeated[1] ?? 0));
    }
  }

  async #read(path: string): Promise<void> {
    try {
      await this.#script(wanted(path, `< ${path}`));
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      this.#fail(escapeText(error.message));
    }
  }

  /** A line whose first word `alias` made. */
  #expanded(line: string): string {
    const [, name = '', others = ''] = /^\s*(\S+)(.*)$/s.exec(line) ?? [];
    const command = this.#aliases.get(name);
    return command === undefined ? line : `${command}${others}`;
  }

  /** Until ^C, or until the pager is left. */
  async #repeat(line: Line & { kind: 'command' }, seconds: number): Promise<void> {
    while (!this.#wasBroken && !this.#isOver) {
      const wasPaged = await this.#command(line);
      if (this.#wasBroken || wasPaged) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, seconds * 1000);
        this.#breakOff = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#breakOff = undefined;
    }
  }

  /**
   * @param mayWrite whether the command itself may make a file
   * @returns whether a pager showed the answer
   */
  async #command({ text, to }: Line & { kind: 'command' }, mayWrite = true): Promise<boolean> {
    const reply = await this.#answer(text, mayWrite);
    if (!reply) return false;
    this.#aliases = reply.kept.aliases;
    this.#isOver = reply.kept.isOver;
    const { went, wasPaged } = await deliver(reply, to, this.#screen, this.#files);
    if (!went) this.#hasFailed = true;
    const advice = reply.ok ? undefined : hint(reply.text, this.#aliases.keys());
    if (advice && this.#screen.isTerminal) process.stderr.write(`${advice}\n`);
    return wasPaged;
  }

  /** @returns undefined: it was broken off, or its worker is gone, which is told */
  async #answer(text: string, mayWrite: boolean): Promise<RunReply | undefined> {
    this.#breakOff = () => this.#stopCommand();
    try {
      return await this.#patient.run(text, mayWrite);
    } catch (error) {
      this.#fail(escapeText(error instanceof OpenError ? error.message : defectText(error)));
      return undefined;
    } finally {
      this.#breakOff = undefined;
      this.#clearProgress();
    }
  }

  async #program(program: string): Promise<void> {
    const { isTerminal } = this.#screen;
    const line = program || (process.env.SHELL ?? '/bin/sh');
    await runProgram(line, isTerminal ? 'terminal' : 'nothing');
  }

  #fail(message: string): void {
    this.#hasFailed = true;
    complain(message, this.#screen);
  }

  #interrupted(): void {
    this.#wasBroken = true;
    this.#prompt.drop();
    this.#breakOff?.();
  }

  #stopCommand(): void {
    this.#breakOff = undefined;
    this.#patient.interrupt().then(
      (isLost) => {
        if (isLost) this.#prompt.remark('stopped; $1 and what else p printed is forgotten\n');
      },
      () => {},
    );
  }

  /** A line that is written over. */
  #progress(text: string): void {
    if (process.stderr.isTTY !== true || process.env.TERM === 'dumb') return;
    const columns = process.stderr.columns || 80;
    process.stderr.write(`\r\x1b[K${escapeText(text).slice(0, columns - 1)}`);
    this.#hasProgress = true;
  }

  #hasProgress = false;

  #clearProgress(): void {
    if (this.#hasProgress) process.stderr.write('\r\x1b[K');
    this.#hasProgress = false;
  }
}
