-- Posts that pages show in several wordings, one row a wording, the main text first.
with found (platform, handle, permalink, number, difference, n_pages, page_url, text) as ({variants})
select * from found
