// The only error an expression throws: the question is wrong, or its value cannot be read.

/** `syntax`: not an expression; `name`: no such symbol, type or member; `value`: cannot be computed or read. */
export type ExpressionErrorCode = 'syntax' | 'name' | 'value';

/** In gdb's words where it has any. */
export class ExpressionError extends Error {
  readonly code: ExpressionErrorCode;
  constructor(code: ExpressionErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
