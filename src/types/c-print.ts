// Values of any type as C shows them: read as a tree, laid out as gdb does, or given out as JSON.
export { type CJson, toJson } from './c-print/json.ts';
export { layOut, type Radix } from './c-print/layout.ts';
export {
  type CValue,
  readBitField,
  readValue,
  scalarValue,
  type ValueSource,
} from './c-print/value.ts';
