// Until state/imports, which is being rewritten, imports it from there.
export { valueColumns } from './delta-records.ts';
