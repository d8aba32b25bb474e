// What `import … from 'inquest'` gives: each name on purpose, nothing by `*`. docs/api.md is made from it.

export type { Registers } from '../arch/x86_64/registers.ts';
export {
  type FileOffset,
  type PhysicalAddress,
  physical,
  type VirtualAddress,
  virtual,
} from '../bytes/address.ts';
export { Fault, type FaultReason, isFault } from '../bytes/fault.ts';
export type { RandomAccessFile } from '../bytes/file.ts';
export { Walk, type WalkEnd } from '../bytes/walk.ts';
export { newSession, type Session } from '../commands/kit/session.ts';
export type { DumpHeader, Note, PageSource, PageState, Segment } from '../formats/format.ts';
export type { StackName, StackRange } from '../kernel/cpu-stacks.ts';
export { currentTask, onlineCpus, possibleCpus, runningTasks } from '../kernel/cpus.ts';
export { listEntries } from '../kernel/lib/list.ts';
export { type MapleEntry, mapleEntries } from '../kernel/lib/maple.ts';
export { treeEntries } from '../kernel/lib/rbtree.ts';
export { type XarrayEntry, xarrayEntries } from '../kernel/lib/xarray.ts';
export { Mm, mmOf } from '../kernel/mm.ts';
export { Module, type ModuleRegion, modules } from '../kernel/module.ts';
export { Mutex } from '../kernel/mutex.ts';
export { panicCpu, panicTask } from '../kernel/panic.ts';
export { pathOf } from '../kernel/path.ts';
export { type KernelLog, kernelLog, type LogRecord } from '../kernel/printk.ts';
export {
  type QueuedTask,
  RunQueue,
  runQueue,
  schedulerNow,
  type TaskGroup,
} from '../kernel/run-queue.ts';
export { RwSemaphore } from '../kernel/rwsem.ts';
export { policyName, type SchedClass, schedClass } from '../kernel/sched.ts';
export { threadsOf } from '../kernel/signal.ts';
export { type StateCode, Task } from '../kernel/task.ts';
export { allTasks, type TaskList } from '../kernel/tasks.ts';
export { type KernelTime, kernelTime } from '../kernel/timekeeping.ts';
export { areasOf, Vma } from '../kernel/vma.ts';
export type { Memory } from '../memory/memory.ts';
export type { PhysicalMemory } from '../memory/physical.ts';
export type { AddressSpace } from '../memory/space.ts';
export type { Step as TranslationStep, Translation } from '../memory/translate.ts';
export type { Vmcoreinfo } from '../memory/vmcoreinfo.ts';
export { escapeText } from '../print/escape.ts';
export { hex } from '../print/hex.ts';
export type {
  ExaminationCost,
  ExaminedCalls,
  ExaminedDevice,
  ExaminedProcess,
  ExaminedShares,
  ExaminedThread,
} from '../rules/kit/examined.ts';
export type {
  Confidence,
  CpuLine,
  Exonerated,
  Kind as VerdictKind,
  KnownIssue,
  NextStep,
  ParameterValue,
  Signature as VerdictSignature,
  Suspect,
  SuspectFunction,
  SuspectObject,
  SuspectTask,
  TriedRule,
  Verdict,
  VerdictCore,
  VerdictEvidence,
  VerdictTrigger,
  WaitLink,
  Where as VerdictWhere,
} from '../rules/kit/verdict.ts';
export {
  type Certainty,
  type Frame,
  type Stack,
  type Start as StackStart,
  stackOf,
  type TraceEnd,
} from '../stacks/stack.ts';
export type { ExceptionFrame, FrameKind } from '../stacks/state.ts';
export type { KernelSymbol, SymbolSource, SymbolTable } from '../symbols/table.ts';
export type { Text as PointerText } from '../types/c-print/text.ts';
export type { NamedValue } from '../types/c-print/value.ts';
export { type CJson, type CValue, toJson } from '../types/c-print.ts';
export type { Dump } from '../types/dump.ts';
export type { ExpressionErrorCode } from '../types/expression/error.ts';
export { ExpressionError, type Value as ExpressionValue } from '../types/expression.ts';
export type { Field, Member, Type, TypeId, TypeKind, TypeTable } from '../types/table.ts';
export { type Shape, shape, View } from '../types/view.ts';
export type { CommandData, DataOf } from './library/data.ts';
export { evaluate, evaluateAddress } from './library/evaluate.ts';
export { type OpenDumpOptions, openDump } from './library/open.ts';
export { type Answer, run } from './library/run.ts';
export { why } from './library/why.ts';
export { OpenError } from './open.ts';
