export { KEY_REJECTS } from '../../contract/messages/reject-words.ts';
export type { KeyReject } from '../../contract/messages/rejects.ts';
