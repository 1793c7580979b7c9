const MASK = '(hidden)';

/** Passwords in URLs, signatures and tokens in query strings, and `name=value` of what is plainly a secret, unless it is the rule of an option. */
const SECRETS: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/(\b[a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/@]*@/gi, `$1${MASK}@`],
  // A password that holds a slash, where what stands behind the colon is no port.
  [/(\b[a-z][a-z0-9+.-]{0,20}:\/\/)[^\s:/@"']{1,64}:(?!\d{1,5}[/?#])[^\s@"']{1,128}@(?=[\w[])/gi, `$1${MASK}@`],
  // The same without a scheme; bounded, since a message may be long.
  [/(?<![\w:/@])[^\s:/@"'(,]{1,64}:[^\s/@"']{1,128}@(?=[\w[])/g, `${MASK}@`],
  [/([?&](?:x-amz-(?:signature|credential|security-token)|signature|sig|token|access_token)=)[^&\s"']*/gi, `$1${MASK}`],
  [
    /\b((?:aws_)?(?:secret_?access_?key|session_?token)|password|passwd|api_?key|client_?secret)(["']?\s*[=:]\s*["']?)(?!(?:must be|is required|is unknown|needs the environment|has a) )[^\s"',;&]+/gi,
    `$1$2${MASK}`,
  ],
  [/\b(authorization["']?\s*[=:]\s*["']?(?:bearer|basic)?\s*)[^\s"',;]+/gi, `$1${MASK}`],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, MASK],
];

/** Masks what looks like a secret in a text that leaves the process: span events, dead letters, logs. */
export function redact(text: string): string {
  let masked = text;
  for (const [pattern, replacement] of SECRETS) masked = masked.replace(pattern, replacement);
  return masked;
}
