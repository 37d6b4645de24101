declare module '@usebruno/lang' {
  /** Reads and writes the text files of Bruno. The package has no types. */
  const lang: {
    bruToJsonV2(text: string): unknown,
    bruToEnvJsonV2(text: string): unknown,
  }
  export default lang
}
