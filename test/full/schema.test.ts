// What `--json` prints about the whole dumps is as docs/schema says.
import { answeredDumps } from '../oracle/answers.ts';
import { testSchemas } from '../oracle/schema-tests.ts';

for (const name of answeredDumps)
  testSchemas(name, `${process.env.INQUEST_DUMPS ?? ''}/${name}/vmcore`, ['unsupported']);
