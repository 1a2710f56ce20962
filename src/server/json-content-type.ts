/** True for application/json, with no charset or with UTF-8, which is all that RFC 8259 knows. */
export const isJsonContentType = (contentType: string | undefined): boolean =>
  contentType === 'application/json' ||
  (contentType !== undefined &&
    /^application\/json\s*(?:;\s*charset\s*=\s*(?:utf-8|"utf-8")\s*)?;?$/i.test(contentType.trim()))
