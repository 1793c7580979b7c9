import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ObjectStore } from '../../../src/ports/objectStore.ts';

/** What the suite needs of an object store under test. */
export interface ObjectStoreUnderTest {
  readonly store: ObjectStore;
  /** A bucket that exists. */
  readonly bucket: string;
  /** Largest object that the store reads; at least 100000. */
  readonly maxBytes: number;
  readonly close: () => Promise<void>;
}

/** Runs what every object store must hold to, adapter or fake. */
export function objectStoreContract(name: string, open: () => Promise<ObjectStoreUnderTest>): void {
  describe(`${name} as an object store`, () => {
    let it_: ObjectStoreUnderTest;
    beforeAll(async () => {
      it_ = await open();
    });
    afterAll(() => it_.close());
    const place = (key: string = randomUUID()): string => `s3://${it_.bucket}/contract/${key}`;
    const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

    it('gives back what was put, with its content type', async () => {
      const uri = place();
      await it_.store.put(uri, bytesOf('a tile'), { contentType: 'image/png' });
      const object = await it_.store.get(uri);
      expect(Buffer.from(object?.bytes ?? []).toString()).toBe('a tile');
      expect(object?.contentType).toBe('image/png');
    });

    it('takes metadata', async () => {
      const uri = place();
      const metadata = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
      await it_.store.put(uri, bytesOf('{}'), { contentType: 'application/json', metadata });
      expect((await it_.store.get(uri))?.contentType).toBe('application/json');
    });

    it('keeps bytes as they are', async () => {
      const uri = place();
      const bytes = Uint8Array.from({ length: 70_000 }, (_, i) => (i * 31) & 0xff);
      await it_.store.put(uri, bytes, { contentType: 'application/octet-stream' });
      expect(Buffer.compare((await it_.store.get(uri))?.bytes ?? new Uint8Array(), bytes)).toBe(0);
    });

    it('takes an empty object', async () => {
      const uri = place();
      await it_.store.put(uri, new Uint8Array(), { contentType: 'text/plain' });
      expect((await it_.store.get(uri))?.bytes.length).toBe(0);
      expect((await it_.store.head(uri))?.bytes).toBe(0);
    });

    it('replaces an object put twice', async () => {
      const uri = place();
      await it_.store.put(uri, bytesOf('first'), { contentType: 'text/plain' });
      await it_.store.put(uri, bytesOf('second'), { contentType: 'text/plain' });
      expect(Buffer.from((await it_.store.get(uri))?.bytes ?? []).toString()).toBe('second');
    });

    it('answers undefined where there is no object', async () => {
      expect(await it_.store.get(place())).toBeUndefined();
      expect(await it_.store.head(place())).toBeUndefined();
    });

    it('knows size and content type without reading', async () => {
      const uri = place();
      await it_.store.put(uri, bytesOf('12345'), { contentType: 'image/jpeg' });
      expect(await it_.store.head(uri)).toEqual({ bytes: 5, contentType: 'image/jpeg' });
    });

    it('deletes, twice without complaint', async () => {
      const uri = place();
      await it_.store.put(uri, bytesOf('x'), { contentType: 'text/plain' });
      await it_.store.delete(uri);
      await it_.store.delete(uri);
      expect(await it_.store.get(uri)).toBeUndefined();
    });

    it.each(['a b+c%20d', 'ä/ö?x=1&y', "it's (1)!*", 'dots/../up', 'trailing/slash/'])(
      'takes the key %s',
      async (key) => {
        const uri = place(`${randomUUID()}/${key}`);
        await it_.store.put(uri, bytesOf(key), { contentType: 'text/plain' });
        expect(Buffer.from((await it_.store.get(uri))?.bytes ?? []).toString()).toBe(key);
      },
    );

    it('refuses what is not an s3 URI', async () => {
      const refusal = { code: 'SERVICE_REFUSED', retryable: false };
      await expect(it_.store.get('https://bucket/key')).rejects.toMatchObject(refusal);
      await expect(it_.store.put('nothing', bytesOf('x'), { contentType: 'text/plain' })).rejects.toMatchObject(
        refusal,
      );
    });

    it('does not read an object larger than it may', async () => {
      const uri = place();
      await it_.store.put(uri, new Uint8Array(it_.maxBytes + 1), { contentType: 'application/octet-stream' });
      await expect(it_.store.get(uri)).rejects.toMatchObject({ code: 'SERVICE_REFUSED', retryable: false });
    });

    it('gives up a call whose signal aborted', async () => {
      const signal = AbortSignal.abort(new Error('no longer wanted'));
      await expect(it_.store.get(place(), { signal })).rejects.toThrow('no longer wanted');
    });

    it('closes twice', () => {
      expect(() => {
        it_.store.close();
        it_.store.close();
      }).not.toThrow();
    });
  });
}
