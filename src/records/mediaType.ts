const TOKEN = "[A-Za-z0-9!#$%&'*+.^_`|~-]+";
const MEDIA_TYPE = new RegExp(`^${TOKEN}/${TOKEN}(?:[ \\t]*;[ \\t]*${TOKEN}=(?:${TOKEN}|"[ !#-\\[\\]-~]*"))*$`);
const MAX_LENGTH = 256;

/** Tells whether a text is a media type, like `image/png` or `application/json; charset=utf-8`. */
export function isMediaType(text: string): boolean {
  return text.length <= MAX_LENGTH && MEDIA_TYPE.test(text);
}

/** Cuts the parameters off a media type and lowers its case. */
export function essenceOf(mediaType: string): string {
  const end = mediaType.indexOf(';');
  return (end === -1 ? mediaType : mediaType.slice(0, end)).trim().toLowerCase();
}

/** Tells whether a media type means JSON: `application/json`, `text/json`, or any with the suffix `+json`. */
export function isJsonType(mediaType: string): boolean {
  const essence = essenceOf(mediaType);
  return essence.endsWith('/json') || essence.endsWith('+json');
}
