import { describe, expect, it } from 'vitest';
import { FormatError } from '../../base/errors.ts';
import { NO_FACTS } from '../../host/facts.ts';
import { tracepointFormat } from './tracepoint-format.ts';

const COMMON = `format:
	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
	field:int common_pid;	offset:4;	size:4;	signed:1;

`;
const FAULT = `name: page_fault_user
ID: 190
${COMMON}	field:unsigned long address;	offset:8;	size:8;	signed:0;
	field:unsigned long ip;	offset:16;	size:8;	signed:0;
	field:unsigned long error_code;	offset:24;	size:8;	signed:0;

print fmt: "address=%ps ip=%ps error_code=0x%lx", (void *)REC->address, (void *)REC->ip, REC->error_code
`;
/** The name of the task moved from an array in the record to a place behind it. */
const MIGRATE = (comm: string) => `name: sched_migrate_task
ID: 371
${COMMON}	field:${comm}
	field:pid_t pid;	offset:24;	size:4;	signed:1;

print fmt: "comm=%s pid=%d", REC->comm, REC->pid
`;

const parse = (text: string) => tracepointFormat.parse(text, NO_FACTS);

describe('the format of a tracepoint', () => {
  it('has the number that perf wants, and every field by its name', () => {
    const format = parse(FAULT);
    expect([format.name, format.id]).toEqual(['page_fault_user', 190]);
    expect([...format.fields.keys()].slice(-3)).toEqual(['address', 'ip', 'error_code']);
    expect(format.fields.get('error_code')).toEqual({
      name: 'error_code',
      type: 'unsigned long',
      offsetBytes: 24,
      sizeBytes: 8,
      isSigned: false,
    });
    expect(format.fields.get('common_pid')?.isSigned).toBe(true);
  });

  it.each([
    ['char comm[16];	offset:8;	size:16;	signed:0;', 'char[16]', 16],
    ['__data_loc char[] comm;	offset:8;	size:4;	signed:0;', '__data_loc char[]', 4],
    ['char comm[TASK_COMM_LEN];	offset:8;	size:16;	signed:1;', 'char[TASK_COMM_LEN]', 16],
  ])('knows an array: %j', (comm, type, sizeBytes) => {
    expect(parse(MIGRATE(comm)).fields.get('comm')).toMatchObject({ type, sizeBytes, offsetBytes: 8 });
  });

  it.each([
    ['', /name/],
    ['name: x\nID: y\n', /whole number/],
    ['name: x\nID: 1\nformat:\n\tfield:int pid;\toffset:x;\n', /offset:N/],
  ])('refuses %j', (text, why) => {
    expect(() => parse(text)).toThrow(FormatError);
    expect(() => parse(text)).toThrow(why);
  });
});
