"""Office files of every kind that name things elsewhere: at a web address, and on the server's disk."""

import io
import zipfile
from xml.sax.saxutils import quoteattr

PHRASE = "Antrag"  # Fits into a cell.

_URN = "urn:oasis:names:tc:opendocument:xmlns"
#: The prefix of the links is not the usual one, but means the same.
_ODF_NAMES = (
    "".join(f' xmlns:{name}="{_URN}:{name}:1.0"' for name in ("office", "text", "table", "style"))
    + f' xmlns:draw="{_URN}:drawing:1.0" xmlns:svg="{_URN}:svg-compatible:1.0" xmlns:fo="{_URN}:xsl-fo-compatible:1.0"'
    + f' xmlns:of="{_URN}:of:1.2" xmlns:lnk="http://www.w3.org/1999/xlink"'
)
_SIZE = 'svg:x="2cm" svg:y="4cm" svg:width="8cm" svg:height="5cm"'
_RELATIONSHIP = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/{}/2006/main"
_OOXML_NAMES = (
    f'xmlns:r="{_RELATIONSHIP}" xmlns:a="{_MAIN.format("drawingml")}"'
    ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
    ' xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"'
    ' xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
    ' xmlns:v="urn:schemas-microsoft-com:vml"'
)
_EXTENT = '<a:off x="720000" y="720000"/><a:ext cx="2880000" cy="1800000"/>'


def make(extension: str, pictures: list[str], text: str) -> bytes:
    """Return a file that shows PHRASE and names each picture, and a text file, in all the ways its format has."""
    return _MAKERS[extension](extension, pictures, text)


def _zip(parts: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _odf(kind: str, styles: str, body: str) -> bytes:
    mimetype = f"application/vnd.oasis.opendocument.{kind}"
    element = kind.partition("-")[0]
    return _zip(
        {
            "mimetype": mimetype,
            "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="{_URN}:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{mimetype}"/>'
            '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
            "</manifest:manifest>",
            "content.xml": f'<office:document-content{_ODF_NAMES} office:version="1.2">'
            f"<office:automatic-styles>{styles}</office:automatic-styles>"
            f"<office:body><office:{element}>{body}</office:{element}></office:body></office:document-content>",
        }
    )


def _frame(inside: str) -> str:
    return f'<draw:frame text:anchor-type="paragraph" {_SIZE}>{inside}</draw:frame>'


def _image(address: str) -> str:
    link = f"lnk:href={quoteattr(address)}"
    return f'<draw:image {link} lnk:type="simple" lnk:show="embed" lnk:actuate="onLoad"/>'


def _text_document(extension: str, pictures: list[str], text: str) -> bytes:
    styles = "".join(
        f'<style:style style:name="P{n}" style:family="paragraph"><style:paragraph-properties>'
        f'<style:background-image lnk:href={quoteattr(address)} style:repeat="stretch"/>'
        "</style:paragraph-properties></style:style>"
        for n, address in enumerate(pictures)
    )
    body = f"<text:p>{PHRASE}</text:p>"
    for n, address in enumerate(pictures):
        body += f'<text:p text:style-name="P{n}">Absatz</text:p><text:p>{_frame(_image(address))}</text:p>'
        body += f"<text:p>{_frame(f'<draw:object lnk:href={quoteattr(address)}/>')}</text:p>"
        body += f"<text:p>{_frame(f'<draw:floating-frame lnk:href={quoteattr(address)}/>')}</text:p>"
    body += f'<text:section text:name="S"><text:section-source lnk:href={quoteattr(text)}/><text:p>alt</text:p></text:section>'
    return _odf("text" if extension == "odt" else "text-template", styles, body)


def _spreadsheet(extension: str, pictures: list[str], text: str) -> bytes:
    shapes = "".join(f"<draw:frame {_SIZE}>{_image(address)}</draw:frame>" for address in pictures)
    cells = f'<table:table-cell office:value-type="string"><text:p>{PHRASE}</text:p></table:table-cell>'
    for address in pictures:
        for formula in (
            f"of:=WEBSERVICE({address!r})".replace("'", '"'),
            f"of:=['{text}'#$Sheet1.A1]",
        ):
            cells += f"<table:table-cell table:formula={quoteattr(formula)} office:value-type='string'><text:p>alt</text:p></table:table-cell>"
    return _odf(
        "spreadsheet" if extension == "ods" else "spreadsheet-template",
        "",
        f'<table:table table:name="A"><table:shapes>{shapes}</table:shapes><table:table-row>{cells}</table:table-row>'
        f'</table:table><table:table table:name="B"><table:table-source lnk:href={quoteattr(text)} '
        'table:filter-name="Text - txt - csv (StarCalc)"/><table:table-row><table:table-cell/></table:table-row></table:table>',
    )


def _slides(extension: str, pictures: list[str], text: str) -> bytes:
    box = f"<draw:frame {_SIZE}><draw:text-box><text:p>{PHRASE}</text:p></draw:text-box></draw:frame>"
    pages = "".join(f"<draw:frame {_SIZE}>{_image(address)}</draw:frame>" for address in pictures)
    pages += f"<draw:frame {_SIZE}><draw:plugin lnk:href={quoteattr(pictures[0])}/></draw:frame>"
    return _odf(
        "presentation" if extension == "odp" else "presentation-template",
        "",
        f'<draw:page draw:name="1">{box}{pages}</draw:page>',
    )


def _ooxml(
    main: str, content_type: str, parts: dict[str, str], links: dict[str, list[tuple[str, str]]]
) -> bytes:
    """Return a package; `links` are the relationships of each part: type and target, rId1 and so on."""
    kinds = {main: content_type, **{name: kind for name, kind in _KINDS.items() if name in parts}}
    overrides = "".join(
        f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in kinds.items()
    )
    package = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>',
        **parts,
    }
    for name, targets in {"": [("officeDocument", main)], **links}.items():
        folder, _slash, part = name.rpartition("/")
        entries = "".join(
            f'<Relationship Id="rId{n}" Type="{_RELATIONSHIP}/{kind}" Target={quoteattr(target)}'
            + (' TargetMode="External"/>' if ":" in target else "/>")
            for n, (kind, target) in enumerate(targets, start=1)
        )
        package[f"{folder}/_rels/{part}.rels".lstrip("/")] = (
            f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{entries}</Relationships>'
        )
    return _zip(package)


_OFFICE = "application/vnd.openxmlformats-officedocument."
_KINDS = {
    "xl/worksheets/sheet1.xml": _OFFICE + "spreadsheetml.worksheet+xml",
    "xl/drawings/drawing1.xml": _OFFICE + "drawing+xml",
    "ppt/slides/slide1.xml": _OFFICE + "presentationml.slide+xml",
}


def _shape_fill(number: int) -> str:
    return f'<a:blip r:link="rId{number}"/><a:stretch><a:fillRect/></a:stretch>'


def _word(extension: str, pictures: list[str], text: str) -> bytes:
    paragraphs = f"<w:p><w:r><w:t>{PHRASE}</w:t></w:r></w:p>"
    links = []
    for number, address in enumerate(pictures, start=1):
        # As a hyperlink's relationship, too: what it is called is the sender's choice.
        links.append(("image" if number % 2 else "hyperlink", address))
        paragraphs += (
            '<w:p><w:r><w:drawing><wp:inline><wp:extent cx="2880000" cy="1800000"/><wp:docPr id="1" name="B"/>'
            f'<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
            f'<pic:nvPicPr><pic:cNvPr id="1" name="B"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill>{_shape_fill(number)}'
            f'</pic:blipFill><pic:spPr><a:xfrm>{_EXTENT}</a:xfrm><a:prstGeom prst="rect"/></pic:spPr></pic:pic>'
            "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
            f'<w:p><w:r><w:pict><v:shape style="width:200pt;height:100pt"><v:imagedata src={quoteattr(address)}/>'
            "</v:shape></w:pict></w:r></w:p>"
            '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>INCLUDE</w:instrText></w:r><w:r>'
            f"<w:instrText>PICTURE {quoteattr(address)} \\d</w:instrText></w:r>"
            '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>alt</w:t></w:r>'
            '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
            f"<w:p><w:fldSimple w:instr={quoteattr(f'INCLUDETEXT {text}')}><w:r><w:t>alt</w:t></w:r></w:fldSimple></w:p>"
        )
    links.append(("attachedTemplate", pictures[0]))
    main = "document" if extension == "docx" else "template"
    return _ooxml(
        "word/document.xml",
        f"{_OFFICE}wordprocessingml.{main}.main+xml",
        {
            "word/document.xml": f'<w:document xmlns:w="{_MAIN.format("wordprocessingml")}" {_OOXML_NAMES}>'
            f"<w:body>{paragraphs}</w:body></w:document>"
        },
        {"word/document.xml": links},
    )


def _excel(extension: str, pictures: list[str], text: str) -> bytes:
    cells = f'<c t="inlineStr"><is><t>{PHRASE}</t></is></c>'
    anchors = ""
    for number, address in enumerate(pictures, start=1):
        cells += f'<c t="str"><f>WEBSERVICE("{address}")</f><v>alt</v></c>'
        anchors += (
            f'<xdr:absoluteAnchor><xdr:pos x="720000" y="{number}720000"/><xdr:ext cx="2880000" cy="1800000"/><xdr:pic>'
            f'<xdr:nvPicPr><xdr:cNvPr id="{number}" name="B"/><xdr:cNvPicPr/></xdr:nvPicPr><xdr:blipFill>'
            f"{_shape_fill(number)}</xdr:blipFill><xdr:spPr><a:xfrm>{_EXTENT}</a:xfrm>"
            '<a:prstGeom prst="rect"/></xdr:spPr></xdr:pic><xdr:clientData/></xdr:absoluteAnchor>'
        )
    sheet = _MAIN.format("spreadsheetml")
    main = "sheet" if extension == "xlsx" else "template"
    return _ooxml(
        "xl/workbook.xml",
        f"{_OFFICE}spreadsheetml.{main}.main+xml",
        {
            "xl/workbook.xml": f'<workbook xmlns="{sheet}" {_OOXML_NAMES}><sheets>'
            '<sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>',
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{sheet}" {_OOXML_NAMES}><sheetData><row>{cells}</row>'
            '</sheetData><drawing r:id="rId1"/></worksheet>',
            "xl/drawings/drawing1.xml": f"<xdr:wsDr {_OOXML_NAMES}>{anchors}</xdr:wsDr>",
        },
        {
            "xl/workbook.xml": [("worksheet", "worksheets/sheet1.xml")],
            "xl/worksheets/sheet1.xml": [("drawing", "../drawings/drawing1.xml")],
            "xl/drawings/drawing1.xml": [("image", address) for address in pictures],
        },
    )


def _powerpoint(extension: str, pictures: list[str], text: str) -> bytes:
    shapes = (
        '<p:sp><p:nvSpPr><p:cNvPr id="9" name="T"/><p:cNvSpPr txBox="1"/><p:nvPr/></p:nvSpPr><p:spPr><a:xfrm>'
        f'{_EXTENT}</a:xfrm><a:prstGeom prst="rect"/></p:spPr><p:txBody><a:bodyPr/><a:p><a:r><a:t>{PHRASE}</a:t></a:r>'
        "</a:p></p:txBody></p:sp>"
    )
    for number, _address in enumerate(pictures, start=1):
        shapes += (
            f'<p:pic><p:nvPicPr><p:cNvPr id="{number}" name="B"/><p:cNvPicPr/><p:nvPr/></p:nvPicPr><p:blipFill>'
            f"{_shape_fill(number)}</p:blipFill><p:spPr><a:xfrm>{_EXTENT}</a:xfrm>"
            '<a:prstGeom prst="rect"/></p:spPr></p:pic>'
        )
    main = "presentation" if extension == "pptx" else "slideshow"
    names = f'xmlns:p="{_MAIN.format("presentationml")}" {_OOXML_NAMES}'
    return _ooxml(
        "ppt/presentation.xml",
        f"{_OFFICE}presentationml.{main}.main+xml",
        {
            "ppt/presentation.xml": f'<p:presentation {names}><p:sldIdLst><p:sldId id="256" r:id="rId1"/></p:sldIdLst>'
            '<p:sldSz cx="9144000" cy="6858000"/></p:presentation>',
            "ppt/slides/slide1.xml": f"<p:sld {names}><p:cSld><p:spTree><p:nvGrpSpPr><p:cNvPr id='1' name=''/>"
            f"<p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>{shapes}</p:spTree></p:cSld></p:sld>",
        },
        {
            "ppt/presentation.xml": [("slide", "slides/slide1.xml")],
            "ppt/slides/slide1.xml": [("image", address) for address in pictures],
        },
    )


def _rtf(extension: str, pictures: list[str], text: str) -> bytes:
    fields = ""
    for address in pictures:
        hidden = "".join(rf"\'{ord(letter):02x}" for letter in "INCLUDEPICTURE")
        fields += rf'\par{{\field{{\*\fldinst {{{hidden} "{address}" \\d}}}}{{\fldrslt alt}}}}'
        fields += rf'\par{{\field{{\*\fldinst INCLUDETEXT "{text}"}}{{\fldrslt alt}}}}'
        fields += (
            r"\par{\shp{\*\shpinst\shpleft100\shptop100\shpright5000\shpbottom4000"
            rf"{{\sp{{\sn shapeType}}{{\sv 75}}}}{{\sp{{\sn pibName}}{{\sv {address}}}}}{{\sp{{\sn pibFlags}}{{\sv 14}}}}}}}}"
        )
    return rf"{{\rtf1\ansi{{\*\template {pictures[0]}}} {PHRASE}{fields}\par}}".encode()


_MAKERS = {
    **dict.fromkeys(("odt", "ott"), _text_document),
    **dict.fromkeys(("ods", "ots"), _spreadsheet),
    **dict.fromkeys(("odp", "otp"), _slides),
    **dict.fromkeys(("docx", "dotx"), _word),
    **dict.fromkeys(("xlsx", "xltx"), _excel),
    **dict.fromkeys(("pptx", "ppsx"), _powerpoint),
    "rtf": _rtf,
}
