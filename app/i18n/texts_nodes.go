package i18n

// nodeTexts are the catalogue's, by the keys of nodes.TextKeys.
var nodeTexts = map[string]row{}
