// A program error of ours: one line that can be reported, never a page of them.
export function defectText(error: unknown): string {
  const { stack = String(error) } = error as Error;
  const [what = '', where = ''] = stack.split('\n').map((line) => line.trim());
  return `a defect of inquest, please report it: ${what} ${where}`;
}
