/** Something a person should know: a stable code for machines, a sentence, and one thing to do. */
export interface Reason {
  code: string
  text: string
  hint: string
}
