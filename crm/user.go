package crm

// A user is the customer's person; who signs in to Millrace is a Member.
func userSchema() Schema {
	return Schema{Resource: User, Fields: []Field{
		{Name: "full_name", Type: Text, Label: in("Full name", "Họ và tên", "Nume complet", "Imię i nazwisko"), Required: true},
		{Name: "first_name", Type: Text, Label: in("First name", "Tên", "Prenume", "Imię")},
		{Name: "email", Type: Email, Label: in("E-mail", "E-mail", "E-mail", "E-mail")},
		{Name: "phone", Type: Phone, Label: in("Phone", "Điện thoại", "Telefon", "Telefon")},
		{Name: "locale", Type: Choice, Label: in("Language", "Ngôn ngữ", "Limbă", "Język"), Choices: []string{"en", "vi", "ro", "pl"}},
		{Name: "status", Type: Choice, Label: in("Status", "Trạng thái", "Stare", "Status")},
		{Name: "title", Type: Text, Label: in("Title", "Chức danh", "Funcție", "Stanowisko")},
		{Name: "last_login", Type: Time, Label: in("Last login", "Đăng nhập gần nhất", "Ultima autentificare", "Ostatnie logowanie")},
		{Name: "unsubscribed", Type: Bool, Label: in("Unsubscribed", "Đã hủy đăng ký", "Dezabonat", "Wypisany")},
		{Name: "organization", Type: Ref, Label: in("Organization", "Tổ chức", "Organizație", "Organizacja"), Ref: "organization"},
		{Name: "owner", Type: Ref, Label: in("Owner", "Người phụ trách", "Responsabil", "Opiekun"), Ref: "member"},
		{Name: "source", Type: Text, Label: in("Source", "Nguồn", "Sursă", "Źródło")},
		{Name: "tags", Type: Tags, Label: in("Tags", "Nhãn", "Etichete", "Etykiety")},
	}}
}
