/** The package's version; the build (`pkg/scripts/build/bundle.mjs`) puts it in. */
declare module 'package:version' {
  const version: string
  export default version
}
