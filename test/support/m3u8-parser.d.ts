// Types for the part of m3u8-parser that the tests use; the package has none.
declare module 'm3u8-parser' {
  export interface ByteRange {
    length: number
    offset: number
  }
  export interface Manifest {
    playlistType?: string
    endList?: boolean
    targetDuration?: number
    iFramesOnly?: boolean
    playlists?: Array<{ uri: string, attributes: Record<string, any> }>
    iFramePlaylists?: Array<{ uri: string, attributes: Record<string, any> }>
    mediaGroups?: Record<
      'AUDIO' | 'SUBTITLES',
      Record<
        string,
        Record<
          string,
          {
            uri: string,
            language?: string,
            default: boolean,
            autoselect: boolean,
            forced?: boolean,
            characteristics?: string,
          }
        >
      >
    >
    segments?: Array<
      { uri: string, duration: number, byterange?: ByteRange, map?: { uri: string, byterange?: ByteRange } }
    >
  }
  export class Parser {
    manifest: Manifest
    push (text: string): void
    end (): void
  }
}
