const maxLength = 1024;

/**
 * Writes attributes as `name=value,name=value`, the way they travel to the model.
 *
 * What is not visible ASCII, and `,`, `=` and `%`, is percent-encoded. SageMaker takes 1,024 characters: an attribute that does
 * not fit is left out, so the important ones come first; a strange tile id never costs the tile its inference.
 */
export function customAttributes(attributes: Readonly<Record<string, string>>): string | undefined {
  let text = '';
  for (const [name, value] of Object.entries(attributes)) {
    const pair = `${text === '' ? '' : ','}${encode(name)}=${encode(value)}`;
    if (text.length + pair.length <= maxLength) text += pair;
  }
  return text === '' ? undefined : text;
}

const plain = /^[!-$&-+\--<>-~]*$/; // visible ASCII but for % , =

function encode(text: string): string {
  if (plain.test(text)) return text;
  return [...Buffer.from(text)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return plain.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}
