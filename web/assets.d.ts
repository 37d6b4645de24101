// What the bundler makes of imports that are not code: the address under which the file is served.
declare module '*?url' {
  const address: string
  export default address
}
