// The image behind the text of a hero. An image that fails to load is left out.
import { useState, type ReactNode } from 'react'

export function Backdrop ({ url }: { readonly url: string | null | undefined }): ReactNode {
  const [failedUrl, setFailedUrl] = useState<string | null>(null)
  if (url === null || url === undefined || url === failedUrl) return null
  return (
    <img
      className="backdrop"
      src={url}
      alt=""
      referrerPolicy="no-referrer"
      onError={() => {
        setFailedUrl(url)
      }}
    />
  )
}
