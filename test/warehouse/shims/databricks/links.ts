import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { SeenRequest } from '../server.ts';

/** An answer of the storage that is no chunk: S3 answers with XML. */
interface StorageRefusal {
  status: number;
  code: string;
  message: string;
}

/** Pre-signed URLs of chunks. Their form is that of Amazon S3; clients must treat them as opaque. */
export class Links {
  private readonly secret = randomBytes(32);
  private readonly url: () => string;

  constructor(url: () => string) {
    this.url = url;
  }

  /** @param life how long the link is valid, in milliseconds */
  sign(id: string, chunk: number, life: number): { external_link: string; expiration: string } {
    const expires = Date.now() + life;
    const path = `/storage/${id}/${chunk}`;
    const query = new URLSearchParams({
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Expires': String(expires),
      'X-Amz-Signature': this.signature(path, expires),
    });
    return {
      external_link: `${this.url()}${path}?${query.toString()}`,
      expiration: new Date(expires).toISOString(),
    };
  }

  /** Why a download is refused, or undefined. */
  refusal({ path, query, headers }: SeenRequest): StorageRefusal | undefined {
    if (headers.authorization !== undefined) {
      const message =
        'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter or the Authorization header should be specified';
      return { status: 400, code: 'InvalidArgument', message };
    }
    const expires = Number(query.get('X-Amz-Expires'));
    const given = Buffer.from(query.get('X-Amz-Signature') ?? '');
    const due = Buffer.from(this.signature(path, expires));
    if (given.length !== due.length || !timingSafeEqual(given, due)) {
      return { status: 403, code: 'SignatureDoesNotMatch', message: 'The signature does not match.' };
    }
    if (expires <= Date.now()) return { status: 403, code: 'AccessDenied', message: 'Request has expired' };
    return undefined;
  }

  private signature(path: string, expires: number): string {
    return createHmac('sha256', this.secret).update(`${path}\n${expires}`).digest('hex');
  }
}

/** The body of a refusal. */
export const storageError = ({ code, message }: StorageRefusal) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
