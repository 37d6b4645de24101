// Imports that the bundler replaces with the URL of a file.
declare module '*?url' {
  const url: string
  export default url
}
