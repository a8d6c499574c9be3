/**
 * Thirty marks in a row, which is what the Stream-Safe Text Format allows (Unicode Standard Annex 15, section 13). The two letters
 * are marks in their compatibility forms: the halfwidth voiced sound marks of katakana.
 */
const fullRun = /[\p{M}\uff9e\uff9f]{30}/gu;

/**
 * A text in a normal form, in linear time. ICU sorts the marks of a run by insertion, which takes quadratic time, so runs are cut
 * after each thirty marks, and the parts are normalised alone. Shorter runs, as in all writing systems, have their usual form.
 */
export function normalized(text: string, form: 'NFC' | 'NFKC' | 'NFKD'): string {
  let result = '';
  let start = 0;
  for (const { 0: marks, index } of text.matchAll(fullRun)) {
    const end = index + marks.length;
    result += text.slice(start, end).normalize(form);
    start = end;
  }
  return result + text.slice(start).normalize(form);
}
