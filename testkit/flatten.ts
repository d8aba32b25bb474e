// makedumpfile's flattened form of any file. The layout is that of src/bytes/flattened.ts.

/** @param size bytes of a record; odd sizes make pages lie across records */
export function flatten(bytes: Uint8Array, size = 5000): Buffer {
  const head = Buffer.alloc(4096);
  head.write('makedumpfile');
  head.writeBigInt64BE(1n, 16);
  head.writeBigInt64BE(1n, 24);
  const records: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size)
    records.push(record(at, bytes.subarray(at, at + size)));
  // As writers do: what comes first in the file is known last, and so written last.
  const [first, ...others] = records;
  const end = record(-1, new Uint8Array(0));
  end.writeBigInt64BE(-1n, 8);
  return Buffer.concat([head, ...others, ...(first ? [first] : []), end]);
}

function record(at: number, bytes: Uint8Array): Buffer {
  const head = Buffer.alloc(16);
  head.writeBigInt64BE(BigInt(at), 0);
  head.writeBigInt64BE(BigInt(bytes.length), 8);
  return Buffer.concat([head, bytes]);
}
