import { z } from 'zod';
import { ModelRequestError } from './modelRequestError.ts';

/** What a request asks for: the image itself, or where it lies. */
export interface Invocation {
  readonly image: Uint8Array | { readonly bucket: string; readonly key: string };
  /** Returned with the answer, unchanged. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

const s3Invocation = z.strictObject({
  bucket: z.string().min(1),
  key: z.string().min(1),
  metadata: z.record(z.string(), z.unknown()).default({}),
});

/**
 * Reads the body of an invocation by its content type: an image, or JSON that names one in S3.
 *
 * @throws {@link ModelRequestError} with status 400 for another content type or a JSON document of another form.
 */
export function readInvocation(body: Uint8Array, contentType: string | undefined): Invocation {
  const mediaType = (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (mediaType === 'image/png' || mediaType === 'image/jpeg' || mediaType === 'image/jpg') {
    return { image: body, metadata: {} };
  }
  if (mediaType !== 'application/json')
    throw new ModelRequestError(400, `Unsupported content type: ${contentType ?? ''}`);
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (error) {
    throw new ModelRequestError(400, `Invalid JSON: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
  const parsed = s3Invocation.safeParse(document);
  if (!parsed.success) {
    const rules = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'document'}: ${message}`);
    throw new ModelRequestError(400, `Invalid request: ${rules.join('; ')}`);
  }
  const { bucket, key, metadata } = parsed.data;
  return { image: { bucket, key }, metadata };
}
